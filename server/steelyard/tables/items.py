"""Items and their stock movements.

The stock of an item is two integers, and movements explain the first:

* `on_hand`: the units that the seller has. It changes only together with a new row of `stock_movements`.
* `reserved`: the units of pending orders. It changes only together with an order.

A change of either adds 1 to `stock_version` in the same UPDATE and leaves `version` and `updated_at` alone. Those two belong to edits by
the owner, so that a sale never fails an edit (If-Match compares `version`), yet always changes the ETag.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Text, text

from steelyard.db.columns import Id, JsonList, Timestamp, id_column, table

# All columns that sales and movements change.
STOCK_COLUMNS = frozenset({"on_hand", "reserved", "stock_version"})

# Titles are sorted, and words searched, by code point on both databases: that is SQLite's only order, and the one of "C".
_TITLE = String(200).with_variant(String(200, collation="C"), "postgresql")
_WORDS = Text().with_variant(Text(collation="C"), "postgresql")

items = table(
    "items",
    id_column(),
    Column("owner_id", Id, ForeignKey("users.id"), nullable=False),
    Column("sku", String(64)),
    Column("title", _TITLE, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", String(60)),
    Column("tags", JsonList, nullable=False),
    Column("image_urls", JsonList, nullable=False),
    # Minor units. One marketplace has one currency, which is a setting and therefore not stored.
    Column("price", BigInteger, nullable=False),
    Column("status", String(8), nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    # The text that `search` reads: `search.search_text` of title, description and tags.
    Column("search_text", _WORDS, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("stock_version", BigInteger, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    CheckConstraint("status IN ('draft', 'active', 'archived')", name="status"),
    CheckConstraint("price BETWEEN 0 AND 1000000000", name="price"),
    CheckConstraint("reserved >= 0 AND reserved <= on_hand AND on_hand <= 1000000000", name="stock"),
)

_LIVE = text("status <> 'archived' AND sku IS NOT NULL")

# An archived item releases its sku for another item.
Index("items_owner_id_sku_key", items.c.owner_id, items.c.sku, unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE)

# A listing always names one status, so each sort is one range of one of these, read forwards or backwards from any key.
Index("items_created_at_idx", items.c.status, items.c.created_at, items.c.id)
Index("items_price_idx", items.c.status, items.c.price, items.c.id)
Index("items_title_idx", items.c.status, items.c.title, items.c.id)
Index("items_category_idx", items.c.status, items.c.category, items.c.created_at, items.c.id)
Index("items_owner_id_idx", items.c.owner_id, items.c.status, items.c.created_at, items.c.id)

# PostgreSQL finds a substring by its trigrams (extension pg_trgm, made by the migration); SQLite reads its few rows.
Index(
    "items_search_text_idx",
    items.c.search_text,
    postgresql_using="gin",
    postgresql_ops={"search_text": "gin_trgm_ops"},
).ddl_if(dialect="postgresql")

stock_movements = table(
    "stock_movements",
    id_column(),
    Column("item_id", Id, ForeignKey("items.id"), nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("reason", String(15), nullable=False),
    # The order whose payment, cancellation or refund moved the stock; null for recorded movements.
    Column("order_id", Id, ForeignKey("orders.id")),
    Column("note", String(500)),
    Column("on_hand_after", BigInteger, nullable=False),
    Column("actor_id", Id, ForeignKey("users.id")),
    Column("created_at", Timestamp, nullable=False),
    CheckConstraint("delta <> 0", name="delta"),
    CheckConstraint("on_hand_after BETWEEN 0 AND 1000000000", name="on_hand_after"),
    CheckConstraint("reason IN ('received', 'correction', 'damage', 'customer_return', 'sale', 'cancellation', 'refund')", name="reason"),
)

# Newest first within an item. Ids grow with time there, because a movement is written under the lock of its item.
Index("stock_movements_item_id_idx", stock_movements.c.item_id, stock_movements.c.id)


class ItemRow(NamedTuple):
    """An item; the two lists are the stored JSON text (`"[]"` if empty)."""

    id: int
    owner_id: int
    sku: str | None
    title: str
    description: str
    category: str | None
    tags: str
    image_urls: str
    price: int
    status: str
    on_hand: int
    reserved: int
    version: int
    stock_version: int
    created_at: datetime
    updated_at: datetime


class WritableRow(NamedTuple):
    """An item that is locked for a write, and whether its owner may have it on sale."""

    item: ItemRow
    owner_is_active: bool


class StockMovementRow(NamedTuple):
    id: int
    item_id: int
    delta: int
    reason: str
    order_id: int | None
    note: str | None
    on_hand_after: int
    actor_id: int | None
    created_at: datetime
