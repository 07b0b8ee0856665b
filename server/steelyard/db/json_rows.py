"""New rows from one parameter, a JSON list of lists: one constant statement inserts any number of them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, FromClause, cast, column, func, literal_column

# The rows, and the value in a place of each.
JsonRows = tuple[FromClause, Callable[[int], Any]]


def json_rows_on_postgresql(lists: ColumnElement[Any]) -> JsonRows:
    each = func.json_array_elements(cast(lists, JSON)).table_valued(column("value", JSON)).render_derived()
    return each, lambda place: each.c.value.op("->>")(literal_column(str(place)))


def json_rows_on_sqlite(lists: BindParameter[Any]) -> JsonRows:
    each = func.json_each(lists).table_valued("value")
    return each, lambda place: func.json_extract(each.c.value, literal_column(f"'$[{place}]'"))
