"""Ids of rows that are not inserted yet, so that a transaction need not wait for its inserts.

No row of the table has them or will get one by itself. On SQLite they are valid in this transaction: it has one writer at a time, and a
row that is inserted with its id moves AUTOINCREMENT on.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from steelyard.db.columns import JsonList

# Every name in these texts is a name of our tables.
# ruff: noqa: S608


class next_id(FunctionElement[int]):  # noqa: N801
    """An id for one row."""

    name = "fresh_id"
    type = BigInteger()
    inherit_cache = True

    def __init__(self, table: Table) -> None:
        self.table = table.name
        super().__init__()


class next_ids(FunctionElement[list[int]]):  # noqa: N801
    """Several ids, as a JSON list: for an array, asyncpg would look up the type in the catalogue, once per connection."""

    name = "fresh_ids"
    type = JsonList()
    inherit_cache = True

    def __init__(self, table: Table, count: ColumnElement[int]) -> None:
        self.table = table.name
        super().__init__(count)


@compiles(next_id, "postgresql")
def _next(element: next_id, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return f"nextval('{element.table}_id_seq')"


@compiles(next_ids, "postgresql")
def _next_ones(element: next_ids, compiler: SQLCompiler, **options: Any) -> str:
    count = compiler.process(*element.clauses, **options)
    return f"array_to_json(ARRAY(SELECT nextval('{element.table}_id_seq') FROM generate_series(1, {count})))::text"


@compiles(next_id, "sqlite")
def _after_last(element: next_id, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ARG001
    return f"{_last(element.table)} + 1"


@compiles(next_ids, "sqlite")
def _ones_after_last(element: next_ids, compiler: SQLCompiler, **options: Any) -> str:
    count = compiler.process(*element.clauses, **options)
    numbers = f"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})"
    return f"({numbers} SELECT json_group_array({_last(element.table)} + n) FROM number)"


def _last(table: str) -> str:
    return f"coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)"
