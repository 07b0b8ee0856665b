"""Rows from list parameters, one list for each column. For statements of PostgreSQL that do something for many callers at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, String, Subquery, Table, Text, bindparam, cast, column, func, insert, select
from sqlalchemy.types import TypeEngine

from steelyard.db.columns import ListParameter


def list_rows(columns: Mapping[str, TypeEngine[Any]]) -> Subquery:
    """A row for each place in the lists: the columns, and the `number` of the place, from 1."""
    # Values as the statements of one caller send them: nothing converts them again.
    lists = [bindparam(name, type_=ListParameter(Text())) for name in columns]
    rows = func.unnest(*lists).table_valued(*[column(name, Text) for name in columns], with_ordinality="number").render_derived()
    return select(rows.c.number, *[_cast(rows.c[name], kind).label(name) for name, kind in columns.items()]).subquery("each")


def _cast(value: Any, kind: TypeEngine[Any]) -> Any:
    # A cast to a type with a length would cut the text that does not fit, where an insert rejects it.
    return value if isinstance(kind, String) else cast(value, kind)


def insert_each(table: Table, *names: str) -> Insert:
    """Inserts a row for each place in the lists, which have the names of these columns."""
    rows = list_rows({name: table.c[name].type for name in names})
    return insert(table).from_select(names, select(*[rows.c[name] for name in names]), include_defaults=False)
