"""An operation as data. Every `schema` is a JSON pointer into openapi.json."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a handler, from path, query or headers."""

    name: str
    where: Literal["path", "query", "header"]
    argument: str
    """Its name in the handler."""
    alias: str
    """Its type in params.py."""
    required: bool
    many: bool
    """An array."""
    separator: str | None
    """Between the elements of an array that is one text; None: each element is sent by itself."""
    default: object
    """The value of a parameter that is left out; None where the contract has no default."""
    schema: str
    by_document: bool
    """Its type does not check that its members differ: the document decides, too."""


@dataclass(frozen=True, slots=True)
class Body:
    """A media type that the operation accepts."""

    media: str
    model: str
    """Its type in models.py."""
    branches: tuple[tuple[str, str], ...]
    """Of a union: the pointer and the model of each."""
    schema: str
    required: bool
    by_document: bool
    """It has rules that its model does not check: the document decides, too."""
    max_bytes: int
    """No valid body is larger, however it is spelled; `x-max-bytes`, where the contract has it."""
    max_values: int | None
    """No valid body has more commas and opening brackets; None where the contract does not bound them. Of a stream: no valid item."""
    max_item_bytes: int | None = None
    """Of a stream: no valid item is larger, however it is spelled; None where the contract does not bound it."""


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """A successful response, in one of its media types."""

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
    """Headers with a constant value."""
    is_secret: bool
    """Its body has a member that is shown once (`x-secret`): a stored response is encrypted."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The announcement that an operation will be removed."""

    headers: tuple[tuple[str, str], ...]
    """The headers that every response has: since when, and until when."""
    use: str
    """The operation that replaces it."""
    path: str
    """Its path."""


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
    """Alternatives of (scheme, scopes) that must all hold; an empty alternative requires no credential."""
    access: tuple[tuple[str, str, str], ...]
    """Who passes, by which scope, with which credential (any, session, fresh); empty: everyone that `security` admits."""
    rate_class: str
    idempotency: Literal["required", "optional"] | None
    """Whether an Idempotency-Key is read."""
    pages: str | None
    """The member of the response that has the cursor of the next page."""
    revalidates: bool
    """The response has an ETag: the compiler reads If-None-Match and sends 304."""
    deprecation: Deprecation | None
    navigates: bool
    """Browsers open it as a page: its success is a 303, and unknown parameters of the query are ignored."""
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]
    responses: tuple[ResponseSpec, ...]
    problems: tuple[str, ...]
    """The classes of problems.py that it may raise."""
    problem_media: tuple[str, ...]
    """The media types of its problems; a caller chooses by Accept."""
    pointer: str
    """Its JSON pointer in openapi.json."""

    @property
    def offers(self) -> tuple[str, ...]:
        """The media types of its successes; a caller chooses by Accept, and gets the first one without it."""
        return tuple(dict.fromkeys(spec.media for spec in self.responses if spec.media is not None))
