# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""Base classes of the generated code."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

T_co = TypeVar("T_co", covariant=True)


class StrEnum(enum.StrEnum):
    """An enumeration of the contract. The serialiser reads `value` for each member; that of the standard library costs two calls."""

    if not TYPE_CHECKING:
        value = property(str.__str__)


class Model(BaseModel):
    """A closed JSON object."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, protected_namespaces=())

    _complete: ClassVar[set[str]] = set()
    """The names of all members, which responses always have."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls._complete = set(cls.model_fields)

    # Pydantic's mypy plugin gives each model, this one too, a model_construct of exactly its own members.
    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:  # type: ignore[override]
        """The model of these members, unchecked and without defaults: the others are absent.

        It builds responses several times faster than Pydantic's method, which looks for defaults and aliases.
        """
        model = object.__new__(cls)
        object.__setattr__(model, "__dict__", values)
        object.__setattr__(model, "__pydantic_fields_set__", cls._complete if _fields_set is None else _fields_set)
        object.__setattr__(model, "__pydantic_extra__", None)
        object.__setattr__(model, "__pydantic_private__", None)
        return model


class Encoded(bytes, Generic[T_co]):
    """The JSON of a body, which a response may have in place of the model."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class StreamEvent(Generic[T_co]):
    """An event of a stream."""

    data: T_co
    id: str | None = None
    """By which a client continues behind it: it sends the id of the last event that it has read as Last-Event-ID."""


class Response:
    """A successful response; problems are raised."""

    __slots__ = ()
    STATUS: ClassVar[int]
    MEDIA: ClassVar[str | None] = None


class Problem(Exception):
    """An error response (RFC 9457): raised at any depth, rendered in one place."""

    TYPE: ClassVar[str]
    TITLE: ClassVar[str]
    STATUS: ClassVar[int]
    DETAIL: ClassVar[str]
    """The detail, unless the code that raises it passes another one."""
    HEADERS: ClassVar[Mapping[str, str]] = {}
    """Headers with a constant value."""

    def __init__(
        self, *, detail: str | None = None, members: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.detail = self.DETAIL if detail is None else detail
        self.members: dict[str, object] = dict(members or {})
        """Members beyond those that every problem has."""
        self.headers: dict[str, str] = {**self.HEADERS, **(headers or {})}
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Path:
    """Read from the path, under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Query:
    """Read from the query, under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """Read from the headers, under this name."""

    name: str
