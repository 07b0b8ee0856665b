"""A page of a listing as SQL: in the order of one key, from a number of rows or from the row where the last page ended.

The SQL side of paging; `security.cursors` is the wire side. A listing is asked for one row more than the page holds: when that
row comes, there is a next page.
"""

from typing import Any, TypeVar

from sqlalchemy import BigInteger, Select, bindparam, tuple_
from sqlalchemy.sql.expression import ColumnElement

Rows = TypeVar("Rows", bound="Select[*tuple[Any, ...]]")


def keyset_page(rows: Rows, *, row_id: ColumnElement[int], key: ColumnElement[Any] | None = None, descending: bool, after: bool) -> Rows:
    """The rows in the order of `key`, ties (or everything, without a key) in the order of `row_id`; `:limit` of them.

    With `after` they begin behind the row of `:after_key` and `:after_id` (`:after_id` alone without a key), else at `:skip`.
    Both parts run in one direction, so that one index on (key, id) serves the sort, its reverse and every position in it.
    """
    columns = [row_id] if key is None else [key, row_id]
    ordered = rows.order_by(*[column.desc() if descending else column.asc() for column in columns]).limit(
        bindparam("limit", type_=BigInteger)
    )
    if not after:
        return ordered.offset(bindparam("skip", type_=BigInteger))
    last_id = bindparam("after_id", type_=row_id.type)
    if key is None:
        return ordered.where(row_id < last_id if descending else row_id > last_id)
    # Compared as one row value: with `key < :k OR (key = :k AND id < :i)` PostgreSQL would read the index from its start.
    here, last = tuple_(key, row_id), tuple_(bindparam("after_key", type_=key.type), last_id)
    return ordered.where(here < last if descending else here > last)
