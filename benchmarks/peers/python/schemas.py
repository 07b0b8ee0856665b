"""Requests and responses as Pydantic models, for peers that use them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from models import Order, OrderLine


class Money(BaseModel):
    amount: int
    currency: str


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    owner_id: int
    sku: str | None
    title: str
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


class PageOut(BaseModel):
    items: list[ItemOut]
    skip: int | None
    limit: int
    total: int | None
    next_cursor: str | None
    search: str | None


class OrderCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    product_id: int = Field(ge=1)
    quantity: int = Field(ge=1, le=1000)


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


class StepOut(BaseModel):
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
    shipping_address: dict[str, str] | None
    payments: list[dict[str, object]]
    refunds: list[dict[str, object]]
    shipment: dict[str, object] | None
    history: list[StepOut]
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


def shown(order: Order, line: OrderLine) -> OrderOut:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=order.currency)

    return OrderOut(
        id=order.id,
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        status=order.status,
        payment_status=order.payment_status,
        lines=[
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
        ],
        subtotal=money(order.subtotal),
        discount=money(order.discount),
        tax=money(order.tax),
        total=money(order.total),
        refunded=money(order.refunded),
        discount_code=order.discount_code,
        shipping_address=order.shipping_address,
        payments=[],
        refunds=[],
        shipment=None,
        history=[StepOut(status=status, at=at, actor_id=actor_id) for status, at, actor_id in order.history],
        expires_at=order.expires_at,
        created_at=order.created_at,
        updated_at=order.updated_at,
        version=order.version,
    )
