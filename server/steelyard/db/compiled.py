"""A statement for one database: its text, the order of its arguments, and the conversion of values and rows.

SQLAlchemy's work for a statement is done once; each call only needs `arguments`, `read_row` and `read_rows`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Table

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Process = Callable[[Any], Any]


class TableChange(NamedTuple):
    """What a statement changes: columns of a table, or whole rows if `columns` is None. It invalidates caches."""

    table: str
    columns: frozenset[str] | None


class SharedRows(list[Sequence[Any]]):
    """What one statement has returned to several callers. The first of them makes the rows for all."""

    __slots__ = ("_made",)

    _made: list[Any]

    def made_by(self, read_rows: Callable[[Sequence[Sequence[Any]]], list[R]]) -> list[R]:
        """The same rows for every caller, in a list that is theirs."""
        try:
            made: list[R] = self._made
        except AttributeError:
            made = self._made = read_rows(self)
        return made.copy()


class CompiledStatement(Generic[R_co]):
    """A compiled statement. It is equal only to itself, so connections can use it as the key of what they have prepared."""

    __slots__ = (
        "_count",
        "_name",
        "_processors",
        "batch",
        "changes",
        "coalesces",
        "key_place",
        "parameters",
        "parts",
        "plans_per_call",
        "read_row",
        "read_rows",
        "returns_rows",
        "table",
        "tables",
        "text",
        "writes",
    )

    def __init__(
        self,
        text: str,
        parameters: Sequence[str],
        processors: Sequence[tuple[int, Process]],
        read_row: Callable[[Sequence[Any]], R_co],
        read_rows: Callable[[Sequence[Sequence[Any]]], list[R_co]],
        *,
        name: Callable[[], str],
        writes: bool,
        returns_rows: bool,
        plans_per_call: bool,
        table: Table | None,
        tables: frozenset[str] = frozenset(),
        changes: frozenset[TableChange] = frozenset(),
        coalesces: bool = False,
        parts: "Sequence[CompiledStatement[Any]]" = (),
    ) -> None:
        self.text = text
        self.parameters = tuple(parameters)
        self.read_row = read_row
        self.read_rows = read_rows
        self.writes = writes
        self.returns_rows = returns_rows
        self.plans_per_call = plans_per_call
        self.table = table
        # The tables that it reads or changes.
        self.tables = tables
        self.changes = changes
        # The same query for many keys, and the place of the key in a row.
        self.batch: CompiledStatement[R_co] | None = None
        self.key_place = 0
        self.coalesces = coalesces
        # The statements of which `combine` made this one, in the order of their arguments.
        self.parts = parts
        self._name = name
        self._count = len(set(parameters))
        self._processors = tuple(processors)

    @property
    def name(self) -> str:
        return self._name()

    def batched_by(self, batch: "CompiledStatement[R_co]", key_place: int) -> None:
        """Fetch rows that are requested at the same time by another statement, whose one parameter is the list of their keys."""
        if self.parameters != batch.parameters or len(self.parameters) != 1:
            raise TypeError(f"{self.name} and its twin for several keys need the same one parameter")
        self.batch, self.key_place = batch, key_place

    def arguments(self, values_by_name: Mapping[str, object]) -> Sequence[object]:
        """The values in the statement's order; TypeError when a name is missing or unknown."""
        try:
            values: list[Any] = list(map(values_by_name.__getitem__, self.parameters))
        except KeyError:
            raise self._misnamed(values_by_name) from None
        if len(values_by_name) != self._count:
            raise self._misnamed(values_by_name)
        for place, process in self._processors:
            values[place] = process(values[place])
        return values

    def _misnamed(self, values_by_name: Mapping[str, object]) -> TypeError:
        expected = set(self.parameters)
        missing, unknown = sorted(expected - values_by_name.keys()), sorted(values_by_name.keys() - expected)
        faults = [f"needs {', '.join(missing)}"] * bool(missing) + [f"does not know {', '.join(unknown)}"] * bool(unknown)
        return TypeError(f"{self.name} {' and '.join(faults)}; its parameters are {', '.join(sorted(expected)) or 'none'}")


def plain_statement(text: str) -> CompiledStatement[Any]:
    """A statement without parameters and rows, by its text."""
    return CompiledStatement(
        text, (), (), tuple, list, name=lambda: text, writes=False, returns_rows=False, plans_per_call=True, table=None
    )


@lru_cache(512)
def combine(first: tuple[CompiledStatement[Any], ...], main: CompiledStatement[R_co]) -> CompiledStatement[R_co]:
    """One statement of PostgreSQL for all of these: the first ones in its WITH, the main one as itself. Its arguments are those of main,
    then those of the others in their order. None of them sees the changes of another, so no two may use the same table.
    """
    clauses, parameters = [], list(main.parameters)
    for number, statement in enumerate(first):
        clauses.append(f"first_{number} AS ({_PLACE.sub(partial(_moved, len(parameters)), statement.text)})")
        parameters += statement.parameters
    with_clauses = ", ".join(clauses)
    text = f"WITH {with_clauses}, {main.text[5:]}" if main.text.startswith("WITH ") else f"WITH {with_clauses} {main.text}"
    return CompiledStatement(
        text,
        parameters,
        (),
        main.read_row,
        main.read_rows,
        name=lambda: " with ".join(each.name for each in (main, *first)),
        writes=True,
        returns_rows=main.returns_rows,
        plans_per_call=main.plans_per_call,
        table=main.table,
        tables=main.tables.union(*(each.tables for each in first)),
        changes=main.changes.union(*(each.changes for each in first)),
        parts=(main, *first),
    )


_PLACE = re.compile(r"\$(\d+)")


def _moved(by: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + by}"
