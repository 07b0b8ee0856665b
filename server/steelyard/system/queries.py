"""Every statement about the server itself."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from steelyard.db.statements import statement
from steelyard.db.tables import Timestamp
from steelyard.items.tables import items
from steelyard.jobs.tables import outbox

# The contract shows at most this many categories.
MOST_CATEGORIES = 100

_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)

# Whether a job waits for longer than it should; nothing when none does.
late_job = statement(select(outbox.c.id).where(_open, outbox.c.run_at < bindparam("since", type_=Timestamp)).limit(1), int)

dead_job = statement(select(outbox.c.id).where(outbox.c.dead_at.is_not(None)).limit(1), int)


class CategoryRow(NamedTuple):
    """A category and how many items are on sale in it."""

    category: str
    amount: int


_amount = func.count().label("amount")

categories = statement(
    select(items.c.category, _amount)
    .where(items.c.status == "active", items.c.category.is_not(None))
    .group_by(items.c.category)
    .order_by(_amount.desc(), items.c.category)
    .limit(MOST_CATEGORIES),
    CategoryRow,
)
