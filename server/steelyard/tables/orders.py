"""Orders and their lines."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, UniqueConstraint

from steelyard.db.columns import Id, JsonList, JsonObject, Timestamp, id_column, table

orders = table(
    "orders",
    id_column(),
    Column("buyer_id", Id, ForeignKey("users.id"), nullable=False),
    Column("seller_id", Id, ForeignKey("users.id"), nullable=False),
    Column("status", String(9), nullable=False),
    Column("payment_status", String(18), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("units", Integer, nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("promotion_id", Id, ForeignKey("promotions.id")),
    Column("discount_code", String(38)),
    # A copy of the address at the time of the order, in the contract's form. Erased when the buyer leaves.
    Column("shipping_address", JsonObject),
    # One line of text for the buyer and the seller.
    Column("cancel_reason", String(200)),
    # [[status, time, actor id or null], ...]: at most six steps, always read and written with the order.
    Column("history", JsonList, nullable=False),
    Column("idempotency_key", String(255), nullable=False),
    Column("expires_at", Timestamp),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("version", BigInteger, nullable=False),
    # The second belt of idempotency, for ever: the response is kept for a day, this row stays.
    UniqueConstraint("buyer_id", "idempotency_key"),
    CheckConstraint("status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'expired')", name="status"),
    CheckConstraint("payment_status IN ('unpaid', 'paid', 'partially_refunded', 'refunded')", name="payment_status"),
    CheckConstraint("total = subtotal - discount + tax", name="total"),
    CheckConstraint("discount BETWEEN 0 AND subtotal", name="discount"),
    CheckConstraint("refunded BETWEEN 0 AND total", name="refunded"),
    CheckConstraint("buyer_id <> seller_id", name="parties"),
)

Index("orders_buyer_idx", orders.c.buyer_id, orders.c.created_at, orders.c.id)
Index("orders_seller_idx", orders.c.seller_id, orders.c.created_at, orders.c.id)
Index("orders_created_idx", orders.c.created_at, orders.c.id)
Index(
    "orders_expiring_idx",
    orders.c.expires_at,
    postgresql_where=orders.c.status == "pending",
    sqlite_where=orders.c.status == "pending",
)
Index(
    "orders_open_by_buyer_idx",
    orders.c.buyer_id,
    postgresql_where=orders.c.status == "pending",
    sqlite_where=orders.c.status == "pending",
)
Index(
    "orders_promotion_idx",
    orders.c.promotion_id,
    orders.c.buyer_id,
    postgresql_where=orders.c.promotion_id.is_not(None),
    sqlite_where=orders.c.promotion_id.is_not(None),
)

order_lines = table(
    "order_lines",
    id_column(),
    Column("order_id", Id, ForeignKey("orders.id"), nullable=False),
    Column("product_id", Id, ForeignKey("items.id"), nullable=False),
    Column("sku", String(64)),
    Column("title", String(200), nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("refunded_quantity", Integer, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    UniqueConstraint("order_id", "product_id"),
    CheckConstraint("quantity BETWEEN 1 AND 1000", name="quantity"),
    CheckConstraint("discount BETWEEN 0 AND unit_price * quantity", name="discount"),
    CheckConstraint("total = unit_price * quantity - discount + tax", name="total"),
    CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="refunded_quantity"),
    CheckConstraint("refunded BETWEEN 0 AND total", name="refunded"),
)


# A status, since when, and who did it: null for Steelyard itself. JSON has no tuples, so what is read is a list of these three.
HistoryEntry = tuple[str, str, int | None]


class OrderRow(NamedTuple):
    id: int
    buyer_id: int
    seller_id: int
    status: str
    payment_status: str
    currency: str
    subtotal: int
    discount: int
    tax: int
    total: int
    refunded: int
    promotion_id: int | None
    discount_code: str | None
    shipping_address: dict[str, str] | None
    history: list[HistoryEntry]
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class OrderLineRow(NamedTuple):
    id: int
    product_id: int
    sku: str | None
    title: str
    unit_price: int
    quantity: int
    discount: int
    tax: int
    total: int
    refunded_quantity: int
    refunded: int


class OrderSummaryRow(NamedTuple):
    id: int
    buyer_id: int
    seller_id: int
    status: str
    payment_status: str
    currency: str
    total: int
    units: int
    created_at: datetime
    updated_at: datetime
    version: int


class BuyerRow(NamedTuple):
    """The ids of a new order, and the buyer's address; null if there is no such address."""

    order_id: int
    line_ids: list[int]
    name: str
    street: str | None
    city: str | None
    country: str | None
    zip_code: str | None


class OrderAndLineRow(NamedTuple):
    """An order beside one of its lines, read by one statement, so that they are consistent."""

    order: OrderRow
    line: OrderLineRow


class OverdueRow(NamedTuple):
    """The position of an order among the overdue ones."""

    expires_at: datetime
    id: int
