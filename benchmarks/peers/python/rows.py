"""The rows of an order, for peers with SQLAlchemy's ORM: the statements, and the objects that are added. No input or output."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from models import Address, Event, IdempotencyKey, Item, Order, OrderLine, User

MOST_PENDING = 20
OPERATION = "createOrder"


class Rejected(Exception):
    """The order is not placed: a status and a reason."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def claiming(buyer_id: int, key: str, fingerprint: bytes, now: datetime):
    claim = insert(IdempotencyKey).values(
        owner_id=buyer_id, operation_id=OPERATION, key=key, fingerprint=fingerprint, created_at=now
    )
    return claim.on_conflict_do_nothing().returning(IdempotencyKey)


def locking_buyer(buyer_id: int):
    return (
        select(User, Address)
        .outerjoin(Address, (Address.user_id == User.id) & Address.is_default)
        .where(User.id == buyer_id, User.is_active)
        .with_for_update(key_share=True, of=User)
    )


def taking_stock(item_id: int, quantity: int):
    return (
        update(Item)
        .where(Item.id == item_id, Item.status == "active", Item.units - Item.reserved_units >= quantity)
        .values(reserved_units=Item.reserved_units + quantity, stock_version=Item.stock_version + 1)
        .returning(Item.owner_id, Item.sku, Item.title, Item.amount)
        .execution_options(synchronize_session=False)
    )


def counting_pending(buyer_id: int):
    return select(func.count()).select_from(Order).where(Order.buyer_id == buyer_id, Order.status == "pending")


def new_order(user: User, address: Address | None, taken, quantity: int, key: str, now: datetime) -> Order:
    amount = taken.amount * quantity
    return Order(
        buyer_id=user.id,
        seller_id=taken.owner_id,
        status="pending",
        payment_status="unpaid",
        currency="USD",
        units=quantity,
        subtotal=amount,
        discount=0,
        tax=0,
        total=amount,
        refunded=0,
        discount_code=None,
        shipping_address=None if address is None else address.shown_for(user),
        history=[["pending", now.isoformat(), user.id]],
        idempotency_key=key,
        expires_at=now + timedelta(days=7),
        created_at=now,
        updated_at=now,
        version=1,
    )


def new_line(order: Order, item_id: int, taken) -> OrderLine:
    return OrderLine(
        order_id=order.id,
        product_id=item_id,
        sku=taken.sku,
        title=taken.title,
        unit_price=taken.amount,
        quantity=order.units,
        discount=0,
        tax=0,
        total=order.total,
        refunded_quantity=0,
        refunded=0,
    )


def new_event(order: Order) -> Event:
    return Event(
        id=uuid.uuid4(),
        type="order.created",
        occurred_at=order.created_at,
        actor_kind="user",
        actor_id=order.buyer_id,
        subject_kind="order",
        subject_id=order.id,
        request_id=uuid.uuid4(),
        data={
            "order_id": order.id,
            "buyer_id": order.buyer_id,
            "seller_id": order.seller_id,
            "status": "pending",
            "total": {"amount": order.total, "currency": order.currency},
            "version": 1,
        },
        audience=sorted({order.buyer_id, order.seller_id}),
    )


def complete(claim: IdempotencyKey, order: Order, body: bytes) -> None:
    """Store the response, which a repeated request gets."""
    claim.status = 201
    claim.headers = [["content-type", "application/json"], ["location", f"/orders/{order.id}"]]
    claim.body = body
