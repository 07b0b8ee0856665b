"""What is known of an operation: the contract as data. Every `schema` is a JSON pointer into openapi.json."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a handler is given from path, query or headers."""

    name: str
    where: Literal["path", "query", "header"]
    argument: str
    """What the handler calls it."""
    alias: str
    """Its type in params.py."""
    required: bool
    many: bool
    """An exploded array: it may be repeated."""
    default: object
    """The value of a parameter that is left out; None where the contract names none."""
    schema: str
    by_document: bool
    """Its type does not know that its members differ: the document decides, too."""


@dataclass(frozen=True, slots=True)
class Body:
    """A media type that the operation takes."""

    media: str
    model: str
    """Its type in models.py."""
    schema: str
    required: bool
    by_document: bool
    """It holds rules that its model does not know: the document decides, too."""
    max_bytes: int
    """No valid body is larger, however it is written; `x-max-bytes`, where the contract has it."""
    max_values: int | None
    """No valid body has more commas and opening brackets; None where the contract does not bound them."""


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """A successful response."""

    status: int
    media: str | None
    class_name: str
    """Its class in responses.py."""
    schema: str | None
    headers: tuple[tuple[str, bool], ...]
    """Name and whether it is required; those of `edge` and `constants` included."""
    edge: tuple[str, ...]
    """Headers that the compiler or the edge makes; the response class does not have them."""
    constants: tuple[tuple[str, str], ...]
    """Headers that have one value only."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """What callers of an operation are told because it will go."""

    headers: tuple[tuple[str, str], ...]
    """Since when and until when, as every answer says it."""
    use: str
    """The operation that comes instead."""
    path: str
    """Where that is."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation."""

    id: str
    method: str
    path: str
    tag: str
    handler: str
    """The coroutine in <tag>.endpoints."""
    security: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    """Alternatives of (scheme, scopes) that must all hold; an empty alternative needs nothing."""
    access: tuple[tuple[str, str, str], ...]
    """Who passes, by which scope, with which credential (any, session, fresh); empty: anybody whom `security` lets in."""
    rate_class: str
    idempotency: Literal["required", "optional"] | None
    """Whether an Idempotency-Key is read."""
    pages: str | None
    """The member of the answer that says where the next page begins."""
    revalidates: bool
    """The answer has an ETag: the compiler reads If-None-Match and answers 304."""
    deprecation: Deprecation | None
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]
    responses: tuple[ResponseSpec, ...]
    problems: tuple[str, ...]
    """The classes of problems.py that it may raise."""
    pointer: str
    """Where it stands in openapi.json."""
