"""Promotions."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, String, UniqueConstraint

from steelyard.db.columns import JsonList, Timestamp, id_column, table

promotions = table(
    "promotions",
    id_column(),
    # In upper case, as every code is compared and stored.
    Column("code", String(38), nullable=False),
    Column("kind", String(7), nullable=False),
    Column("percent_bps", Integer),
    Column("amount", BigInteger),
    Column("starts_at", Timestamp),
    Column("ends_at", Timestamp),
    Column("max_redemptions", Integer),
    Column("max_per_user", Integer),
    Column("min_subtotal", BigInteger),
    Column("category", String(60)),
    Column("item_ids", JsonList),
    Column("is_active", Boolean, nullable=False),
    Column("redemptions", Integer, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("code"),
    CheckConstraint(
        "(kind = 'percent' AND percent_bps BETWEEN 1 AND 10000 AND amount IS NULL)"
        " OR (kind = 'fixed' AND amount BETWEEN 0 AND 9007199254740991 AND percent_bps IS NULL)",
        name="kind",
    ),
    CheckConstraint("redemptions BETWEEN 0 AND COALESCE(max_redemptions, 2147483647)", name="redemptions"),
)


class PromotionRow(NamedTuple):
    id: int
    code: str
    kind: str
    percent_bps: int | None
    amount: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    max_redemptions: int | None
    max_per_user: int | None
    min_subtotal: int | None
    category: str | None
    item_ids: list[int] | None
    is_active: bool
    redemptions: int
