"""A page of a listing as SQL: sorted by one key, from a number of rows or from the position where the last page ended.

This is the SQL side of paging; the wire side is `cursors`.
"""

from typing import Any, TypeVar

from sqlalchemy import BigInteger, Select, bindparam, tuple_
from sqlalchemy.sql.expression import ColumnElement

Rows = TypeVar("Rows", bound="Select[*tuple[Any, ...]]")


def keyset_page(rows: Rows, *, row_id: ColumnElement[int], key: ColumnElement[Any] | None = None, descending: bool, after: bool) -> Rows:
    """Sort the rows by `key`, and ties, or all rows without a key, by `row_id`; return `:limit` of them.

    With `after` they begin after the position `:after_key` and `:after_id` (without a key, `:after_id` alone), otherwise at `:skip`.
    Both columns run in one direction, so that one index on (key, id) serves the sort, its reverse and every position in it.
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
