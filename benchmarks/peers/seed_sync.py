"""FastAPI as the common guide teaches it: sync endpoints, one ORM session per request, response_model, a token decoded each time."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Response
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy import BigInteger, DateTime, ForeignKey, LargeBinary, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"),
    pool_size=20,
    max_overflow=10,
    pool_pre_ping=True,
    pool_recycle=3600,
)
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
app = FastAPI()


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger, datetime: DateTime(timezone=True), bytes: LargeBinary}


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    sku: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str]
    category: Mapped[str | None]
    tags_text: Mapped[str] = mapped_column("tags")
    image_urls_text: Mapped[str] = mapped_column("image_urls")
    amount: Mapped[int] = mapped_column("price")
    status: Mapped[str]
    stock: Mapped[int] = mapped_column("on_hand")
    held: Mapped[int] = mapped_column("reserved")
    version: Mapped[int]
    stock_version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def price(self) -> dict[str, Any]:
        return {"amount": self.amount, "currency": "USD"}

    @property
    def tags(self) -> list[str]:
        return json.loads(self.tags_text)

    @property
    def image_urls(self) -> list[str]:
        return json.loads(self.image_urls_text)

    @property
    def available(self) -> int:
        return self.stock - self.held

    @property
    def on_hand(self) -> None:
        return None

    @property
    def reserved(self) -> None:
        return None


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[int]
    seller_id: Mapped[int]
    status: Mapped[str]
    payment_status: Mapped[str]
    currency: Mapped[str]
    units: Mapped[int]
    subtotal: Mapped[int]
    discount: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    refunded: Mapped[int]
    discount_code: Mapped[str | None]
    history: Mapped[str]
    idempotency_key: Mapped[str]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order")


class OrderLine(Base):
    __tablename__ = "order_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int]
    sku: Mapped[str | None]
    title: Mapped[str]
    unit_price: Mapped[int]
    quantity: Mapped[int]
    discount: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    refunded_quantity: Mapped[int]
    refunded: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="lines")


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    owner_id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int | None]
    headers: Mapped[str | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime]


class Event(Base):
    __tablename__ = "events"
    sequence: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID]
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    data: Mapped[str]
    audience: Mapped[str]


class Money(BaseModel):
    amount: int
    currency: str


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    owner_id: int
    sku: str | None
    title: str = Field(min_length=1, max_length=200)
    description: str
    category: str | None
    tags: list[str]
    image_urls: list[str]
    price: Money
    status: str
    available: int
    on_hand: int | None
    reserved: int | None
    created_at: datetime
    updated_at: datetime
    version: int


class ItemPage(BaseModel):
    items: list[ItemOut]
    skip: int
    limit: int
    total: int | None = None
    next_cursor: str | None = None
    search: str | None = None


class OrderCreate(BaseModel):
    product_id: int = Field(ge=1)
    quantity: int = Field(ge=1, le=1000)
    discount_code: str | None = Field(None, max_length=38)

    @field_validator("discount_code")
    @classmethod
    def must_start_with_promo(cls, code: str | None) -> str | None:
        if code and not code.startswith("PROMO-"):
            raise ValueError("Discount codes must start with PROMO-")
        return code.upper() if code else code

    @model_validator(mode="after")
    def bulk_needs_a_code(self) -> "OrderCreate":
        if self.quantity > 100 and not self.discount_code:
            raise ValueError("Bulk orders over 100 need a discount code")
        return self


class LineOut(BaseModel):
    id: int
    product_id: int
    sku: str | None
    title: str
    unit_price: Money
    quantity: int
    discount: Money
    tax: Money
    total: Money
    refunded_quantity: int
    refunded: Money


class Step(BaseModel):
    status: str
    at: datetime
    actor_id: int | None


class OrderOut(BaseModel):
    id: int
    buyer_id: int
    seller_id: int
    status: str
    payment_status: str
    lines: list[LineOut]
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    refunded: Money
    discount_code: str | None
    shipping_address: None
    payments: list[Any]
    refunds: list[Any]
    shipment: None
    history: list[Step]
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


def get_db() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_current_user_id(token: Annotated[str, Depends(oauth2_scheme)]) -> int:
    try:
        return int(jwt.decode(token, os.environ["BENCH_SECRET"], algorithms=["HS256"], audience="steelyard")["sub"])
    except (JWTError, KeyError) as error:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"}) from error


Db = Annotated[Session, Depends(get_db)]
UserId = Annotated[int, Depends(get_current_user_id)]


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/items/{item_id}", response_model=ItemOut)
def get_item(item_id: Annotated[int, Path(ge=1)], db: Db) -> Item:
    item = db.query(Item).filter(Item.id == item_id).first()
    if item is None or item.status != "active":
        raise HTTPException(404, "Item not found")
    return item


@app.get("/items", response_model=ItemPage)
def list_items(db: Db, skip: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict[str, Any]:
    # Without a total: the guide has none, and a full count would cost more than the rest.
    query = db.query(Item).filter(Item.status == "active").order_by(Item.created_at.desc(), Item.id.desc())
    return {"items": query.offset(skip).limit(limit).all(), "skip": skip, "limit": limit}


def money(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def order_out(order: Order) -> OrderOut:
    lines = [
        LineOut(
            id=line.id,
            product_id=line.product_id,
            sku=line.sku,
            title=line.title,
            unit_price=money(line.unit_price),
            quantity=line.quantity,
            discount=money(line.discount),
            tax=money(line.tax),
            total=money(line.total),
            refunded_quantity=line.refunded_quantity,
            refunded=money(line.refunded),
        )
        for line in order.lines
    ]
    return OrderOut(
        id=order.id,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        status=order.status,
        payment_status=order.payment_status,
        lines=lines,
        subtotal=money(order.subtotal),
        discount=money(order.discount),
        tax=money(order.tax),
        total=money(order.total),
        refunded=money(order.refunded),
        discount_code=order.discount_code,
        shipping_address=None,
        payments=[],
        refunds=[],
        shipment=None,
        history=[Step(status=status, at=at, actor_id=actor_id) for status, at, actor_id in json.loads(order.history)],
        expires_at=order.expires_at,
        created_at=order.created_at,
        updated_at=order.updated_at,
        version=order.version,
    )


@app.post("/orders", response_model=OrderOut, status_code=201)
def create_order(draft: OrderCreate, user_id: UserId, idempotency_key: Annotated[str, Header()], db: Db) -> Any:
    now = datetime.now(UTC)
    fingerprint = hashlib.sha256(draft.model_dump_json().encode()).digest()
    known = db.get(IdempotencyKey, (user_id, "createOrder", idempotency_key))
    if known is not None:
        if known.fingerprint != fingerprint:
            raise HTTPException(422, "Idempotency key reused")
        return Response(known.body, known.status or 201, media_type="application/json")
    record = IdempotencyKey(owner_id=user_id, operation_id="createOrder", key=idempotency_key, fingerprint=fingerprint, created_at=now)
    db.add(record)
    db.flush()
    item = db.query(Item).filter(Item.id == draft.product_id, Item.status == "active").with_for_update().first()
    if item is None:
        raise HTTPException(409, "Item unavailable")
    if item.available < draft.quantity:
        raise HTTPException(409, "Insufficient stock")
    if db.query(Order).filter(Order.buyer_id == user_id, Order.status == "pending").count() >= 20:
        raise HTTPException(409, "Limit reached")
    item.held += draft.quantity
    item.stock_version += 1
    total = item.amount * draft.quantity
    order = Order(
        buyer_id=user_id,
        seller_id=item.owner_id,
        status="pending",
        payment_status="unpaid",
        currency="USD",
        units=draft.quantity,
        subtotal=total,
        discount=0,
        tax=0,
        total=total,
        refunded=0,
        discount_code=draft.discount_code,
        history=json.dumps([["pending", now.isoformat(), user_id]]),
        idempotency_key=idempotency_key,
        expires_at=now + timedelta(days=7),
        created_at=now,
        updated_at=now,
        version=1,
    )
    line = OrderLine(
        product_id=item.id,
        sku=item.sku,
        title=item.title,
        unit_price=item.amount,
        quantity=draft.quantity,
        discount=0,
        tax=0,
        total=total,
        refunded_quantity=0,
        refunded=0,
    )
    order.lines.append(line)
    db.add(order)
    db.flush()
    told = {"order_id": order.id, "buyer_id": user_id, "seller_id": order.seller_id, "status": "pending", "total": total, "version": 1}
    db.add(
        Event(
            id=uuid.uuid4(),
            type="order.created",
            occurred_at=now,
            actor_kind="user",
            actor_id=user_id,
            subject_kind="order",
            subject_id=order.id,
            data=json.dumps(told),
            audience=json.dumps([user_id, order.seller_id]),
        )
    )
    answer = order_out(order)
    record.status, record.headers, record.body = 201, "[]", answer.model_dump_json().encode()
    db.commit()
    return answer
