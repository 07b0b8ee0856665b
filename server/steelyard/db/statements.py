"""Statements as values: written in SQLAlchemy Core, compiled once for each database, named and typed.

    order_of = statement(select(orders.c.id, orders.c.total).where(orders.c.id == bindparam("order_id")), OrderRow)

Nothing is compiled on import; `statement.compiled["postgresql"]` is its text and its converters, made at the first use.
A value written into a statement is a constant of ours and becomes part of the text, where the planner sees it;
what varies is a `bindparam`, an argument of the verbs in `transaction.py`.
"""

import sys
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any, Generic, NoReturn, TypeVar, overload

from sqlalchemy import BindParameter, ColumnElement, SelectBase, UpdateBase, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import Boolean

from steelyard.db.columns import ListParameter
from steelyard.db.compiled import CompiledStatement
from steelyard.db.compiler import compile_statement

T = TypeVar("T")
# A statement that returns an int fits wherever one is expected that returns an int or None.
R_co = TypeVar("R_co", covariant=True)


class Statement(Generic[R_co]):
    """One statement; `R_co` is what each row becomes: a row class, or the only selected value."""

    __slots__ = ("_batch", "_coalesces", "_code", "_module", "_sources", "compiled", "plan", "returns")

    writes: bool

    def __init__(
        self,
        sources: Mapping[str, Any],
        returns: type[R_co] | None,
        plan: str,
        home: FrameType,
        batch: tuple[SelectBase, str] | None,
        *,
        coalesce: bool,
    ) -> None:
        self.compiled: Mapping[str, CompiledStatement[R_co]] = _CompiledByDialect(self)
        self.returns = returns
        self.plan = plan
        self._sources = sources
        self._batch = batch
        self._coalesces = coalesce
        self._module: str = home.f_globals["__name__"]
        self._code = home.f_code.co_name

    @property
    def name(self) -> str:
        """`orders.queries.reserve_stock`: the place of the statement, for errors, spans and counters."""
        name = self._code
        if name == "<module>":
            home = vars(sys.modules[self._module])
            name = next((name for name, value in home.items() if value is self), "statement")
        return f"{self._module.removeprefix('steelyard.').removeprefix('features.')}.{name}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _compile(self, dialect: str) -> CompiledStatement[R_co]:
        element = self._sources.get(dialect, self._sources[""])
        compiled: CompiledStatement[R_co] = self._compile_for(element, dialect)
        if self._batch is not None:
            twin, key = self._batch
            compiled.batched_by(self._compile_for(twin, dialect), twin.selected_columns.keys().index(key))
        return compiled

    def _compile_for(self, element: Any, dialect: str) -> CompiledStatement[R_co]:
        return compile_statement(
            element, dialect, returns=self.returns, name=lambda: self.name, writes=self.writes, plan=self.plan, coalesces=self._coalesces
        )


class Query(Statement[R_co]):
    """A statement that only reads."""

    __slots__ = ()
    writes = False


class Command(Statement[R_co]):
    """A statement that changes something."""

    __slots__ = ()
    writes = True


class _CompiledByDialect(dict[str, CompiledStatement[T]]):
    """A dictionary, so that a verb finds a compiled statement without a call."""

    __slots__ = ("_statement",)

    def __init__(self, statement: Statement[T]) -> None:
        self._statement = statement

    def __missing__(self, dialect: str) -> CompiledStatement[T]:
        compiled = self[dialect] = self._statement._compile(dialect)  # noqa: SLF001
        return compiled


@overload
def statement(
    element: SelectBase,
    returns: type[T],
    /,
    *,
    sqlite: SelectBase | None = ...,
    plan: str = ...,
    batch: tuple[SelectBase, str] | None = ...,
    coalesce: bool = ...,
) -> Query[T]: ...
@overload
def statement(element: UpdateBase, returns: type[T], /, *, sqlite: UpdateBase | None = ..., plan: str = ...) -> Command[T]: ...
@overload
def statement(element: UpdateBase, /, *, sqlite: UpdateBase | None = ..., plan: str = ...) -> Command[NoReturn]: ...
def statement(
    element: SelectBase | UpdateBase,
    returns: type[Any] | None = None,
    /,
    *,
    sqlite: SelectBase | UpdateBase | None = None,
    plan: str = "cached",
    batch: tuple[SelectBase, str] | None = None,
    coalesce: bool = False,
) -> Statement[Any]:
    """A statement and what its rows become: a `NamedTuple` with the names of the selected columns, or the type of the only one.

    A field may be a row itself, of the columns that `nested` names. It is None if its first column is null and its type allows None.
    `sqlite` is the twin for SQLite where the two databases cannot share one text.
    `plan="custom"` plans anew for the values of each call, for one round trip more: for conditions that fit few rows or most of them.
    `batch` is its twin for a list of keys, and the column with the key: single rows that are requested at the same
    time are fetched by it, see `single_flight.py`. `coalesce=True`: equal calls at the same time are one.
    """
    sources: dict[str, SelectBase | UpdateBase] = {"": element}
    if sqlite is not None:
        sources["sqlite"] = sqlite
    home = sys._getframe(1)  # noqa: SLF001
    kind = Query if isinstance(element, SelectBase) else Command
    return kind(sources, returns, plan, home, batch, coalesce=coalesce)


def nested(field: str, columns: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """The columns of a row that is a field of another row."""
    return [column.label(f"{field}_{column.key}") for column in columns]


class any_of(FunctionElement[bool]):  # noqa: N801
    """`column = ANY(:names)`: a list parameter in one constant statement for every length."""

    name = "any_of"
    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # or SQLite is sent `... IN (...) = 1`, which no index serves

    def __init__(self, column: ColumnElement[Any], parameter: str) -> None:
        names: BindParameter[Any] = bindparam(parameter, type_=ListParameter(column.type))
        super().__init__(column, names)


@compiles(any_of, "postgresql")
def _equal_to_any(element: any_of, compiler: SQLCompiler, **options: Any) -> str:
    column, names = element.clauses
    array = f"{column.type.dialect_impl(compiler.dialect).compile(dialect=compiler.dialect)}[]"
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(names, **options)}::{array})"


@compiles(any_of, "sqlite")
def _among_json(element: any_of, compiler: SQLCompiler, **options: Any) -> str:
    column, names = element.clauses
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({compiler.process(names, **options)}))"  # noqa: S608  # both are SQL already
