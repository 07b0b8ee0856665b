"""From a statement of SQLAlchemy to its text for one database, and to the functions that convert its arguments and rows."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple, get_args

from sqlalchemy import BindParameter, ClauseElement, Dialect, Table, Update, UpdateBase
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, LargeBinary, TypeEngine

from steelyard.db.compiled import CompiledStatement, Process, TableChange


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
    """A statement for "postgresql" or "sqlite"."""
    target = get_dialect(dialect)
    compiler = element.compile(dialect=target)
    assert isinstance(compiler, SQLCompiler)
    parameters = [str(each) for each in compiler.positiontup or ()]
    processors = [
        (place, process)
        for place, parameter in enumerate(parameters)
        if (process := _bind_processor(compiler.binds[parameter].type, target)) is not None
    ]
    # The compiler's list of the selected columns: their names in rows, and their types as the database sends them.
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


def _changes(element: ClauseElement) -> frozenset[TableChange]:
    """The changes of the statement itself and of its WITH clause."""
    writing = [each for each in visitors.iterate(element) if isinstance(each, UpdateBase)]
    return frozenset(TableChange(each.table.name, _updated(each)) for each in writing if isinstance(each.table, Table))


def _updated(element: UpdateBase) -> frozenset[str] | None:
    """The columns that an UPDATE sets; None for an INSERT or a DELETE."""
    values = element._values if isinstance(element, Update) else None  # noqa: SLF001
    return frozenset(str(getattr(column, "key", column)) for column in values) if values else None


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    # The drivers check and encode both of these themselves.
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
    selected = [each for each, _ in columns]
    parts = _parts(returns)
    expected = [each for part in parts for each in part.columns]
    if expected != selected:
        raise TypeError(
            f"{name()} selects {', '.join(selected)}, "
            f"but the fields of {returns.__name__} are {', '.join(expected)}: same names, same order"
        )
    return _row_makers(returns, parts, processors)


class _Part(NamedTuple):
    """A field of a row: a value, or a row of another class."""

    columns: list[str]
    row: type[Any] | None
    is_optional: bool


def _parts(row_class: type[Any]) -> list[_Part]:
    parts = []
    for field, kind in row_class.__annotations__.items():
        row = next((each for each in (kind, *get_args(kind)) if hasattr(each, "_fields")), None)
        columns = [field] if row is None else [f"{field}_{each}" for each in row._fields]
        parts.append(_Part(columns, row, row is not kind))
    return parts


def _nothing(_: Sequence[Any]) -> Any:
    raise TypeError("this statement returns no rows: use run")


def _value_makers(process: Process | None) -> tuple[Process, Process]:
    first = itemgetter(0)
    if process is None:
        return first, lambda rows: list(map(first, rows))
    return lambda row: process(row[0]), lambda rows: [process(row[0]) for row in rows]


def _row_makers(row_class: type[Any], parts: Sequence[_Part], processors: Sequence[Process | None]) -> tuple[Process, Process]:
    # Like `_make`, but without its check of the number of fields, which was done above, once.
    read_row: Process = partial(tuple.__new__, row_class)
    if any(part.row is not None for part in parts):
        read_row = _nested_reader(read_row, parts)
    needed = [(place, process) for place, process in enumerate(processors) if process is not None]
    if not needed:
        return read_row, lambda rows: list(map(read_row, rows))

    def make_converted(row: Iterable[Any]) -> Any:
        values = list(row)
        for place, process in needed:
            values[place] = process(values[place])
        return read_row(values)

    return make_converted, lambda rows: list(map(make_converted, rows))


def _nested_reader(read_row: Process, parts: Sequence[_Part]) -> Process:
    ends = list(accumulate(len(part.columns) for part in parts))
    places = [
        (None if part.row is None else partial(tuple.__new__, part.row), part.is_optional, end - len(part.columns), end)
        for part, end in zip(parts, ends, strict=True)
    ]

    def read_nested(values: Sequence[Any]) -> Any:
        fields = []
        for read_part, is_optional, start, end in places:
            if read_part is None or (is_optional and values[start] is None):
                fields.append(values[start])
            else:
                fields.append(read_part(values[start:end]))
        return read_row(fields)

    return read_nested


class _ConstantsInText(SQLCompiler):
    """Renders the values in a statement as part of its text; only named parameters are sent with a call.

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
    # 3.35 is the first with RETURNING; sqlite/connections.py opens no older one.
    return _Sqlite(paramstyle="qmark")
