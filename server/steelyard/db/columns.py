"""The metadata that every table joins, and the column types that mean the same on both databases.

Tables themselves stand in the `tables.py` of the folder that owns them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Dialect, Identity, Integer, MetaData, Table, Text
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine, Uuid

__all__ = ["Id", "JsonList", "JsonObject", "Timestamp", "Uuid", "id_column", "metadata", "table"]

# `problems.py` of a feature finds a constraint by its name, so the name is the same on both databases.
# A check has a name of its subject: CheckConstraint("age >= 13", name="age") becomes users_age_check.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)


def table(name: str, *parts: SchemaItem) -> Table:
    """A table of the product's schema. Ids are never used twice, not even on SQLite."""
    return Table(name, metadata, *parts, sqlite_autoincrement=True)


# SQLite generates ids only in a column declared as INTEGER, which has 64 bits there.
Id = BigInteger().with_variant(Integer, "sqlite")


def id_column() -> Column[int]:
    """The `id` that the database gives each row."""
    return Column("id", Id, Identity(), primary_key=True)


class Timestamp(TypeDecorator[datetime]):
    """A time with time zone, always UTC: `timestamptz`, or text of fixed width that sorts like time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    # Both methods are overridden instead of process_*_param: on PostgreSQL the driver's own value is right, and nothing is called.
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None] | None:
        return _moment_to_text if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None] | None:  # noqa: ARG002
        return _text_to_moment if dialect.name == "sqlite" else None


def _moment_to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise TypeError("a timestamp needs a time zone")
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:-6] + "Z"


def _text_to_moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


class _Json(TypeDecorator[Any]):
    """JSON as text: no statement looks inside, and one codec serves both databases."""

    impl = Text
    cache_ok = True
    empty: str

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002
        empty = self.empty

        def to_text(value: Any) -> str | None:
            if value:
                return to_json(value, inf_nan_mode="constants").decode()
            return None if value is None else empty

        return to_text


class JsonList(_Json):
    """A list of JSON values in one column. Most lists are empty, and an empty one costs nothing."""

    empty = "[]"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], list[Any] | None]:  # noqa: ARG002
        return _text_to_list


class JsonObject(_Json):
    empty = "{}"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], dict[str, Any] | None]:  # noqa: ARG002
        return _text_to_object


def _text_to_list(text: str | None) -> list[Any] | None:
    if text == "[]":
        return []
    if text is None:
        return None
    values: list[Any] = from_json(text)
    return values


def _text_to_object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    members: dict[str, Any] = from_json(text)
    return members


class ListParameter(TypeDecorator[Iterable[Any]]):
    """The type of a list parameter (see `any_of`): an array on PostgreSQL, JSON text on SQLite.

    It is sent as an array of text, which `any_of` casts: asyncpg knows no other array by itself, and would look each type up in
    the catalogue, once for every connection.
    """

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def bind_processor(self, dialect: Dialect) -> Callable[[Iterable[Any] | None], Any]:
        process = self.item.dialect_impl(dialect).bind_processor(dialect)
        finish = _to_json_text if dialect.name == "sqlite" else _to_texts

        def to_list(items: Iterable[Any] | None) -> Any:
            return finish([] if items is None else list(items) if process is None else [process(each) for each in items])

        return to_list


def _to_json_text(items: list[Any]) -> str:
    return to_json(items).decode()


def _to_texts(items: list[Any]) -> list[str | None]:
    return [each if each is None or isinstance(each, str) else _to_text(each) for each in items]


def _to_text(item: object) -> str:
    return f"\\x{item.hex()}" if isinstance(item, bytes) else str(item)
