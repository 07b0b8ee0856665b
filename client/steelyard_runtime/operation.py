"""An operation of the contract as a value: how its requests are made, and how its responses are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Link:
    """The link from a page to the next: a parameter from a member of the response, and constants."""

    __slots__ = ("constants", "cursor", "member")

    def __init__(self, cursor: str, member: str, constants: tuple[tuple[str, str], ...] = ()) -> None:
        self.cursor = cursor
        """The parameter for the cursor of the next page."""
        self.member = member
        """The member of the response that has the cursor; null on the last page."""
        self.constants = constants


class Operation(Generic[T]):
    """One operation of the contract; `FakeSteelyard` is scripted with it.

    Not a dataclass, because making one costs more than all modules of a resource.
    """

    __slots__ = (
        "accept",
        "binary",
        "guarded",
        "key",
        "keyed",
        "link",
        "media",
        "method",
        "name",
        "optional",
        "package",
        "parse",
        "parsers",
        "path",
        "problems",
        "resumable",
        "returns",
        "safe",
        "scopes",
        "secrets",
        "secured",
        "status",
        "ways",
    )

    def __init__(
        self,
        *,
        package: str,
        key: str,
        name: str,
        method: str,
        path: str,
        parse: Callable[[Any], T] | None,
        parsers: Mapping[int, Callable[[Any], T] | None] | None = None,
        returns: tuple[type, ...] = (),
        status: int = 200,
        binary: bool = False,
        secured: bool = False,
        optional: bool = False,
        scopes: tuple[str, ...] = (),
        keyed: bool = False,
        guarded: bool = False,
        safe: bool = False,
        link: Link | None = None,
        media: str | None = None,
        secrets: frozenset[str] = frozenset(),
        problems: tuple[str, ...] = (),
        accept: str | None = None,
        resumable: bool = False,
        ways: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.package = package
        self.key = key
        """Its name in `calls` and `operations`: create_order."""
        self.name = name
        """Its operationId: createOrder."""
        self.method = method
        self.path = path
        self.parse = parse
        """None: there is no body."""
        self.parsers = parsers
        """By status, where several successes differ."""
        self.returns = returns
        """Classes of its value."""
        self.status = status
        """Of the (first) success."""
        self.binary = binary
        """The value is made of the bytes of the response: a text or a file, no JSON."""
        self.secured = secured
        self.optional = optional
        """A credential is sent if there is one, and not required."""
        self.scopes = scopes
        self.keyed = keyed
        """It has an Idempotency-Key."""
        self.guarded = guarded
        """It has If-Match."""
        self.safe = safe
        """A POST that may be sent twice."""
        self.link = link
        """To the next page."""
        self.media = media
        self.secrets = secrets
        """Members that are masked where a request is shown."""
        self.problems = problems
        """Classes in `errors` that it declares."""
        self.accept = accept
        """The media type of a response that is no JSON."""
        self.resumable = resumable
        """A stream of events that continues behind Last-Event-ID."""
        self.ways = ways
        """Alternatives of security schemes that must all hold; empty where a token is the only credential."""

    @property
    def is_file(self) -> bool:
        """Whether the body of a request is a file: neither JSON nor text."""
        return self.media is not None and not self.media.startswith("text/") and not self.media.endswith(("json", "urlencoded"))

    def is_accepted(self, accept: str) -> bool:
        """Whether a request with this header is one of this operation, and not of another media type of it."""
        return (self.accept or "application/json") in accept

    def __repr__(self) -> str:
        return f"<Operation {self.name}: {self.method} {self.path}>"

    def __reduce__(self) -> tuple[Callable[[str, str], Operation[Any]], tuple[str, str]]:
        return operation_named, (self.package, self.key)

    def __copy__(self) -> Operation[T]:
        return self

    def __deepcopy__(self, _memo: object) -> Operation[T]:
        return self


def operation_named(package: str, key: str) -> Operation[Any]:
    """The operation of a generated package."""
    operation: Operation[Any] = getattr(import_module(f"{package}.operations"), key)
    return operation
