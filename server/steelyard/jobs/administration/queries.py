"""What an operator reads about jobs."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, select

from steelyard.db.statements import statement
from steelyard.tables.jobs import outbox

_before = bindparam("before", type_=outbox.c.run_at.type)
_limit = bindparam("limit", type_=BigInteger)
_open = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
_failed = outbox.c.dead_at.is_not(None) & ~outbox.c.discarded


class JobDetailsRow(NamedTuple):
    """A job as an operator sees it."""

    id: int
    kind: str
    subject: str | None
    payload: dict[str, Any]
    run_at: datetime
    attempts: int
    started_at: datetime | None
    lease_until: datetime | None
    leased_by: str | None
    done_at: datetime | None
    dead_at: datetime | None
    discarded: bool
    last_error: str | None


_details = select(*[outbox.c[name] for name in JobDetailsRow._fields])
_of_kind = outbox.c.kind == bindparam("kind")
_oldest_first = (outbox.c.run_at, outbox.c.id)
_newest_first = (outbox.c.dead_at.desc(), outbox.c.id.desc())
_SELECTIONS: dict[str, tuple[Any, Any]] = {
    "open": (_open, _oldest_first),
    "late": (_open & (outbox.c.run_at <= _before), _oldest_first),
    "dead": (_failed, _newest_first),
    "discarded": (outbox.c.dead_at.is_not(None) & outbox.c.discarded, _newest_first),
}
# By selection, and by whether only jobs of one kind are listed.
list_jobs = {
    (name, has_kind): statement(_details.where(where, *[_of_kind] * has_kind).order_by(*order).limit(_limit), JobDetailsRow)
    for name, (where, order) in _SELECTIONS.items()
    for has_kind in (False, True)
}
get_job = statement(_details.where(outbox.c.id == bindparam("job_id", type_=outbox.c.id.type)), JobDetailsRow)
