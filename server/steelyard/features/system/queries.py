"""Every statement about the server itself; it only reads."""

from typing import NamedTuple

from sqlalchemy import func, select

from steelyard.db.statements import statement
from steelyard.tables.items import items
from steelyard_contract.bounds import MAX_CATEGORIES


class CategoryRow(NamedTuple):
    """A category and how many items are on sale in it."""

    category: str
    amount: int


_amount = func.count().label("amount")

list_categories = statement(
    select(items.c.category, _amount)
    .where(items.c.status == "active", items.c.category.is_not(None))
    .group_by(items.c.category)
    .order_by(_amount.desc(), items.c.category)
    .limit(MAX_CATEGORIES),
    CategoryRow,
)
