"""FastAPI as the common guide teaches it: sync endpoints, sync sessions of the ORM, `response_model`, the token checked by jose.

Same tables, rows and responses as Steelyard; of the contract's checks only those that a guide writes down.
"""

import hashlib
import json
import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Response
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from sqlalchemy import create_engine, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from models import Address, Event, IdempotencyKey, Item, Order, OrderLine, User
from schemas import ItemOut, OrderCreate, OrderOut, PageOut, shown

MOST_PENDING = 20

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


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_current_user_id(token: Annotated[str, Depends(oauth2_scheme)]) -> int:
    try:
        claims = jwt.decode(token, os.environ["SECRET_KEY"], algorithms=["HS256"], audience="steelyard", issuer="steelyard")
        return int(claims["sub"])
    except (JWTError, KeyError, ValueError) as error:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"}) from error


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/items/{item_id}", response_model=ItemOut)
def get_item(item_id: Annotated[int, Path(ge=1)], db: Annotated[Session, Depends(get_db)]):
    item = db.query(Item).filter(Item.id == item_id, Item.status == "active").first()
    if item is None:
        raise HTTPException(404, "Item not found")
    return item


@app.get("/items", response_model=PageOut)
def list_items(
    db: Annotated[Session, Depends(get_db)],
    skip: Annotated[int, Query(ge=0, le=10_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
):
    query = db.query(Item).filter(Item.status == "active").order_by(Item.created_at.desc(), Item.id.desc())
    if cursor is None:
        rows = query.offset(skip).limit(limit + 1).all()
    else:
        at, last_id = json.loads(urlsafe_b64decode(cursor))
        rows = query.filter(tuple_(Item.created_at, Item.id) < (datetime.fromisoformat(at), last_id)).limit(limit + 1).all()
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = urlsafe_b64encode(json.dumps([last.created_at.isoformat(), last.id]).encode()).decode()
    return {
        "items": rows[:limit],
        "skip": skip if cursor is None else None,
        "limit": limit,
        "total": total_of(db) if cursor is None else None,
        "next_cursor": next_cursor,
        "search": None,
    }


counted = {"at": float("-inf"), "total": 0}


def total_of(db: Session) -> int:
    """Counted once in five seconds and up to 10 001, as Steelyard does: counting each time would be all that is measured."""
    if time.monotonic() - counted["at"] > 5:
        some = db.query(Item.id).filter(Item.status == "active").limit(10_001).subquery()
        counted["total"] = db.query(some).count()
        counted["at"] = time.monotonic()
    return counted["total"]


@app.post("/orders", response_model=OrderOut, status_code=201)
def create_order(
    draft: OrderCreate,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=255)],
    user_id: Annotated[int, Depends(get_current_user_id)],
    db: Annotated[Session, Depends(get_db)],
):
    now = datetime.now(UTC)
    fingerprint = hashlib.sha256(draft.model_dump_json().encode()).digest()
    claim = IdempotencyKey(
        owner_id=user_id, operation_id="createOrder", key=idempotency_key, fingerprint=fingerprint, created_at=now
    )
    db.add(claim)
    try:
        db.flush()
    except IntegrityError:
        db.rollback()
        claim = db.get(IdempotencyKey, (user_id, "createOrder", idempotency_key))
        if claim.fingerprint != fingerprint:
            raise HTTPException(422, "This key was used for another request") from None
        return Response(claim.body, claim.status, media_type="application/json", headers={"Idempotency-Replayed": "true"})

    buyer = db.execute(
        select(User, Address)
        .outerjoin(Address, (Address.user_id == User.id) & Address.is_default)
        .where(User.id == user_id, User.is_active)
        .with_for_update(key_share=True, of=User)
    ).first()
    if buyer is None:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})
    user, address = buyer
    item = db.query(Item).filter(Item.id == draft.product_id, Item.status == "active").with_for_update(key_share=True).first()
    if item is None:
        raise HTTPException(409, "Item unavailable")
    if item.available < draft.quantity:
        raise HTTPException(409, "Out of stock")
    if item.owner_id == user_id:
        raise HTTPException(422, "One's own items cannot be ordered")
    if db.query(Order).filter(Order.buyer_id == user_id, Order.status == "pending").count() >= MOST_PENDING:
        raise HTTPException(409, "Too many pending orders")
    if draft.quantity > 100:
        raise HTTPException(422, "Bulk orders over 100 need a discount code")

    item.reserved_units += draft.quantity
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
        shipping_address=None if address is None else address.shown_for(user),
        history=[["pending", now.isoformat(), user_id]],
        idempotency_key=idempotency_key,
        expires_at=now + timedelta(days=7),
        created_at=now,
        updated_at=now,
        version=1,
    )
    db.add(order)
    db.flush()
    line = OrderLine(
        order_id=order.id,
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
    db.add(line)
    db.add(
        Event(
            id=uuid.uuid4(),
            type="order.created",
            occurred_at=now,
            actor_kind="user",
            actor_id=user_id,
            subject_kind="order",
            subject_id=order.id,
            request_id=uuid.uuid4(),
            data={
                "order_id": order.id,
                "buyer_id": user_id,
                "seller_id": item.owner_id,
                "status": "pending",
                "total": {"amount": total, "currency": "USD"},
                "version": 1,
            },
            audience=sorted({user_id, item.owner_id}),
        )
    )
    db.flush()
    response = shown(order, line)
    claim.status = 201
    claim.headers = [["content-type", "application/json"], ["location", f"/orders/{order.id}"]]
    claim.body = response.model_dump_json().encode()
    db.commit()
    return response
