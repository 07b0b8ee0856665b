"""What a statement is for one database: its text, the order of its arguments, and how values and rows are converted.

All that SQLAlchemy would do on every call is done here once; `arguments`, `make` and `read_rows` are what is left.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import BindParameter, ClauseElement, Dialect, Table, Update, UpdateBase
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, LargeBinary, TypeEngine

R_co = TypeVar("R_co", covariant=True)
Process = Callable[[Any], Any]


class TableChange(NamedTuple):
    """What a statement writes, for those who keep in memory what they read there: these columns of a table, or its rows."""

    table: str
    columns: frozenset[str] | None


class CompiledStatement(Generic[R_co]):
    """A compiled statement. Equal only to itself, so connections remember what they prepared by it."""

    __slots__ = (
        "_count",
        "_name",
        "_pick",
        "_processors",
        "batch",
        "changes",
        "coalesces",
        "key_place",
        "parameters",
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
    ) -> None:
        self.text = text
        self.parameters = tuple(parameters)
        self.read_row = read_row
        self.read_rows = read_rows
        self.writes = writes
        self.returns_rows = returns_rows
        self.plans_per_call = plans_per_call
        self.table = table
        # All that it reads or changes.
        self.tables = tables
        self.changes = changes
        # The same for many keys, and where in a row its key is.
        self.batch: CompiledStatement[R_co] | None = None
        self.key_place = 0
        self.coalesces = coalesces
        self._name = name
        self._count = len(set(parameters))
        self._processors = tuple(processors)
        self._pick = _picker(self.parameters)

    @property
    def name(self) -> str:
        return self._name()

    def batched_by(self, several: "CompiledStatement[R_co]", key_place: int) -> None:
        """Let rows that are asked for at the same time be fetched by another statement, whose one parameter is the list of their keys."""
        if self.parameters != several.parameters or len(self.parameters) != 1:
            raise TypeError(f"{self.name} and its twin for several keys need the same one parameter")
        self.batch, self.key_place = several, key_place

    def arguments(self, given: Mapping[str, object]) -> Sequence[object]:
        """The values in the statement's order; TypeError when a name is missing or unknown."""
        try:
            values: Any = self._pick(given)
        except KeyError:
            raise self._misnamed(given) from None
        if len(given) != self._count:
            raise self._misnamed(given)
        if self._processors:
            values = list(values)
            for place, process in self._processors:
                values[place] = process(values[place])
        ordered: Sequence[object] = values
        return ordered

    def _misnamed(self, given: Mapping[str, object]) -> TypeError:
        wanted = set(self.parameters)
        missing, unknown = sorted(wanted - given.keys()), sorted(given.keys() - wanted)
        told = [f"needs {', '.join(missing)}"] * bool(missing) + [f"does not know {', '.join(unknown)}"] * bool(unknown)
        return TypeError(f"{self.name} {' and '.join(told)}; its parameters are {', '.join(sorted(wanted)) or 'none'}")


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, object]], Any]:
    if not names:
        return lambda given: ()  # noqa: ARG005
    if len(names) == 1:
        only = names[0]
        return lambda given: (given[only],)
    return itemgetter(*names)


def compile_statement(
    element: ClauseElement,
    dialect: str,
    *,
    returns: type[Any] | None,
    name: Callable[[], str],
    writes: bool,
    plan: str,
    coalesces: bool = False,
) -> CompiledStatement[Any]:
    """The form of a statement for "postgresql" or "sqlite"."""
    target = get_dialect(dialect)
    compiler = element.compile(dialect=target)
    assert isinstance(compiler, SQLCompiler)
    parameters = [str(each) for each in compiler.positiontup or ()]
    processors = [
        (place, process)
        for place, parameter in enumerate(parameters)
        if (process := _bind_processor(compiler.binds[parameter].type, target)) is not None
    ]
    # The compiler's own list of what is selected: names as rows will have them, types as the database will send them.
    columns = [(column.keyname, column.type) for column in compiler._result_columns]  # noqa: SLF001
    read_row, read_rows = _makers(name, returns, columns, target)
    table = getattr(element, "table", None)
    return CompiledStatement(
        str(compiler),
        parameters,
        processors,
        read_row,
        read_rows,
        name=name,
        writes=writes,
        returns_rows=bool(columns),
        plans_per_call=plan == "custom",
        table=table if isinstance(table, Table) else None,
        tables=frozenset(each.name for each in visitors.iterate(element) if isinstance(each, Table)),
        changes=_changes(element),
        coalesces=coalesces,
    )


@lru_cache(512)
def combine(first: tuple[CompiledStatement[Any], ...], main: CompiledStatement[R_co]) -> CompiledStatement[R_co]:
    """One statement of PostgreSQL that does it all: the first ones in its WITH, the main one as itself. Its arguments are those of main,
    then those of the others in their order. None of them sees what another does, so each is to change a table of its own.
    """
    clauses, parameters = [], list(main.parameters)
    for number, form in enumerate(first):
        clauses.append(f"first_{number} AS ({_PLACE.sub(partial(_moved, len(parameters)), form.text)})")
        parameters += form.parameters
    with_clauses = ", ".join(clauses)
    text = f"WITH {with_clauses}, {main.text[5:]}" if main.text.startswith("WITH ") else f"WITH {with_clauses} {main.text}"
    return CompiledStatement(
        text,
        parameters,
        (),
        main.read_row,
        main.read_rows,
        name=lambda: main.name,
        writes=True,
        returns_rows=main.returns_rows,
        plans_per_call=main.plans_per_call,
        table=main.table,
        tables=main.tables.union(*(form.tables for form in first)),
        changes=main.changes.union(*(form.changes for form in first)),
    )


_PLACE = re.compile(r"\$(\d+)")


def _moved(by: int, place: re.Match[str]) -> str:
    return f"${int(place[1]) + by}"


def _changes(element: ClauseElement) -> frozenset[TableChange]:
    """What it writes, itself and in its WITH clause."""
    writing = [each for each in visitors.iterate(element) if isinstance(each, UpdateBase)]
    return frozenset(TableChange(each.table.name, _updated(each)) for each in writing if isinstance(each.table, Table))


def _updated(element: UpdateBase) -> frozenset[str] | None:
    """The columns that an UPDATE sets; nothing where rows come or go."""
    values = element._values if isinstance(element, Update) else None  # noqa: SLF001
    return frozenset(str(getattr(column, "key", column)) for column in values) if values else None


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    # The drivers judge and encode both of these themselves.
    if isinstance(kind, LargeBinary) or (isinstance(kind, Boolean) and dialect.name == "postgresql"):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return None if isinstance(kind, LargeBinary) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _makers(
    name: Callable[[], str], returns: type[Any] | None, columns: list[tuple[str, TypeEngine[Any]]], dialect: Dialect
) -> tuple[Callable[[Sequence[Any]], Any], Callable[[Sequence[Sequence[Any]]], list[Any]]]:
    processors = [_result_processor(kind, dialect) for _, kind in columns]
    if returns is None:
        if columns:
            raise TypeError(f"{name()} selects {', '.join(each for each, _ in columns)}; say what a row becomes: statement(..., SomeRow)")
        return _nothing, _nothing
    if not columns:
        raise TypeError(f"{name()} selects nothing, so nothing can become {returns.__name__}: add returning(...)")
    fields = getattr(returns, "_fields", None)
    if fields is None:
        if len(columns) != 1:
            raise TypeError(f"{name()} selects {len(columns)} columns; {returns.__name__} holds one value, declare a NamedTuple")
        return _value_makers(processors[0])
    selected = tuple(each for each, _ in columns)
    if tuple(fields) != selected:
        raise TypeError(
            f"{name()} selects {', '.join(selected)}, but the fields of {returns.__name__} are {', '.join(fields)}: same names, same order"
        )
    return _row_makers(returns, processors)


def _nothing(_: Sequence[Any]) -> Any:
    raise TypeError("this statement returns no rows: use run")


def _value_makers(process: Process | None) -> tuple[Process, Process]:
    first = itemgetter(0)
    if process is None:
        return first, lambda rows: list(map(first, rows))
    return lambda row: process(row[0]), lambda rows: [process(row[0]) for row in rows]


def _row_makers(row_class: type[Any], processors: Sequence[Process | None]) -> tuple[Process, Process]:
    # What `_make` does, without its count of the fields: that was checked above, once.
    read_row: Process = partial(tuple.__new__, row_class)
    needed = [(place, process) for place, process in enumerate(processors) if process is not None]
    if not needed:
        return read_row, lambda rows: list(map(read_row, rows))

    def make_converted(row: Iterable[Any]) -> Any:
        values = list(row)
        for place, process in needed:
            values[place] = process(values[place])
        return read_row(values)

    return make_converted, lambda rows: list(map(make_converted, rows))


class _ConstantsInText(SQLCompiler):
    """Renders values that stand in a statement as part of its text: only named parameters are sent with a call.

    A partial index is found by `status = 'active'`, not by `status = $2`, once a plan is generic.
    """

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:  # type: ignore[override]  # not typed by SQLAlchemy
        if not bindparam.required and bindparam.callable is None:
            options["literal_binds"] = True
        text: str = super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]  # the same
        return text


class _PostgresqlCompiler(_ConstantsInText, PGCompiler_asyncpg):
    pass


class _SqliteCompiler(_ConstantsInText, SQLiteCompiler):
    pass


class _Postgresql(PGDialect_asyncpg):
    statement_compiler = _PostgresqlCompiler
    supports_statement_cache = True


class _Sqlite(SQLiteDialect):
    statement_compiler = _SqliteCompiler
    supports_statement_cache = True


@cache
def get_dialect(name: str) -> Dialect:
    if name == "postgresql":
        return _Postgresql()  # type: ignore[no-untyped-call]  # not typed by SQLAlchemy
    # 3.35 is the first with RETURNING; sqlite.py refuses to open an older one.
    return _Sqlite(paramstyle="qmark")
