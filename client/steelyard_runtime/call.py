"""A request as a value: built without a client, sent by any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from os import urandom
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote, urlencode

from .model import MASK, UNSET, Record, Unset, Versioned, is_collection, is_object, jsonable, text_of
from .operation import Operation

T = TypeVar("T")
LINES = "application/x-ndjson"
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


class Call(Generic[T]):
    """A request as a value. Sending it again sends the same key: the server does the work once."""

    __slots__ = ("content", "headers", "idempotency_key", "operation", "path", "query", "repeatable")

    def __init__(
        self,
        operation: Operation[T],
        path: str,
        *,
        query: dict[str, Any] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        self.operation = operation
        self.path = path
        self.query = query
        self.content = content
        self.headers = headers
        if operation.keyed:
            key: Any = idempotency_key
            if key and not (isinstance(key, str) and is_field_value(key)):
                raise ValueError("idempotency_key must be printable ASCII text without spaces at its ends, such as str(uuid4())")
            self.idempotency_key: str | None = idempotency_key or new_key()
            self.repeatable = True
        else:
            self.idempotency_key = None
            guarded = operation.guarded and headers is not None and "If-Match" in headers
            self.repeatable = operation.method in REPEATABLE or operation.safe or guarded

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{encode_query(self.query)}" if self.query else self.path

    def with_query(self, changes: Mapping[str, Any]) -> Call[T]:
        """The same request with other parameters in its query."""
        query = {**(self.query or {}), **changes}
        return Call(
            self.operation, self.path, query=query, content=self.content, headers=self.headers, idempotency_key=self.idempotency_key
        )

    def with_headers(self, changes: Mapping[str, str]) -> Call[T]:
        """The same request with other header parameters."""
        headers = {**(self.headers or {}), **changes}
        return Call(
            self.operation, self.path, query=self.query, content=self.content, headers=headers, idempotency_key=self.idempotency_key
        )

    def shown_body(self, *, reveal: bool = False) -> str | None:
        """The body as text, with secret members masked."""
        if self.content is None:
            return None
        if self.operation.is_file:
            return f"({len(self.content)} bytes)"
        text = self.content.decode("utf-8", "replace")
        if reveal or not self.operation.secrets:
            return text
        if self.operation.media == "application/x-www-form-urlencoded":
            pairs = [pair.partition("=") for pair in text.split("&")]
            return "&".join([f"{name}={MASK if name in self.operation.secrets else value}" for name, _, value in pairs])
        parts = text.splitlines() if self.operation.media == LINES else [text]
        return "\n".join([_text(masked(json.loads(part), self.operation.secrets)) for part in parts])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Call):
            return NotImplemented
        return self._parts() == other._parts()

    def _parts(self) -> tuple[object, ...]:
        return self.operation, self.path, self.query, self.content, self.headers, self.idempotency_key

    __hash__ = None  # type: ignore[assignment]  # it compares by value and holds dictionaries

    def __repr__(self) -> str:
        # The query may hold personal data: its names are enough.
        query = f"?{'&'.join(self.query)}" if self.query else ""
        return f"<Call {self.operation.name}: {self.operation.method} {self.path}{query}>"


# Header names that carry a credential whatever the contract says.
CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
# Made by the client for each send, and not part of the call.
DULL = frozenset({"host", "content-length", "user-agent", "accept-encoding", "connection"})


class Sent(Record):
    """A request, whole and masked."""

    __slots__ = ("body", "headers", "method", "private", "shown", "url")
    HIDDEN = frozenset({"body", "headers", "shown"})

    def __init__(
        self, method: str, url: str, headers: Mapping[str, str], shown: str | None, body: str | None, private: frozenset[str]
    ) -> None:
        self.method: Final = method
        self.url: Final = url
        self.headers: Final = headers
        self.shown: Final = shown
        """The body with secret members masked."""
        self.body: Final = body
        self.private: Final = private
        """Further header names that carry a credential."""

    def masked(self) -> Sent:
        """The same without secrets, for pickles."""
        return Sent(self.method, self.url, self._headers(reveal=False), self.shown, self.shown, self.private)

    def to_curl(self, *, reveal: bool = False) -> str:
        """The command."""
        words = ["curl", "-X", self.method, self.url]
        for name, value in self._headers(reveal=reveal).items():
            words += ["-H", f"{name}: {value}"]
        body = self.body if reveal else self.shown
        if body is not None:
            words += ["--data-raw", body]
        from shlex import join  # noqa: PLC0415  # rarely used

        return join(words)

    def _headers(self, *, reveal: bool) -> dict[str, str]:
        secret = CREDENTIALS | self.private
        shown = {name: value for name, value in self.headers.items() if name.lower() not in DULL}
        return shown if reveal else {name: MASK if name.lower() in secret else value for name, value in shown.items()}


def new_key() -> str:
    """A version 4 UUID as text, without the object."""
    text = urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


class Joined(tuple[Any, ...]):
    """An array that is one text of the query, with commas between its elements."""

    __slots__ = ()


def joined(value: Any) -> Any:
    """An array parameter that is not repeated; nothing stays nothing."""
    if value is UNSET or value is None:
        return value
    return Joined(value) if is_collection(value) else Joined((value,))


def segment(value: Any) -> str:
    """A path parameter as exactly one segment of a path, or as a part of one. The elements of an array have commas between them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if is_collection(value) and value:
        return ",".join([segment(element) for element in value])
    text = text_of(value) if not is_collection(value) else ""
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} cannot stand in a path")
    return quote(text, safe="")


def is_field_value(text: str) -> bool:
    """Whether it is a valid header value: ASCII without line ends or control characters (RFC 9110, 5.5)."""
    return text.isascii() and text.replace("\t", " ").isprintable() and text == text.strip()


def query(**parameters: Any) -> dict[str, Any] | None:
    """The parameters that were passed."""
    sent = {name: value for name, value in parameters.items() if value is not UNSET and value is not None}
    return sent or None


def headers(*parameters: tuple[str, Any]) -> dict[str, str] | None:
    """The header parameters that were passed."""
    sent = {name: _field_value(value) for name, value in parameters if value is not UNSET and value is not None}
    for name, value in sent.items():
        if not is_field_value(value):
            raise ValueError(f"{name} must be printable ASCII without spaces at its ends, such as response.etag")
    return sent or None


def _field_value(value: Any) -> str:
    return ", ".join([text_of(element) for element in value]) if is_collection(value) else text_of(value)


def if_match_value(if_match: str | Versioned | Unset | None) -> str | None:
    """The tag to send as If-Match: the argument itself, or the tag of a resource."""
    if if_match is None or isinstance(if_match, Unset):
        return None
    if isinstance(if_match, str):
        if not is_field_value(if_match):
            raise ValueError("if_match must be an unchanged tag, such as response.etag")
        return if_match or None
    if not hasattr(if_match, "version"):
        raise TypeError(f"if_match must be a tag, such as response.etag, or a resource, such as item; given: {type(if_match).__name__}")
    return f'"{if_match.version}"'


def encode_query(parameters: Mapping[str, Any]) -> str:
    """A query string; sequences are repeated, or joined."""
    pairs: list[str] = []
    for name, value in parameters.items():
        if isinstance(value, Joined):
            pairs.append(f"{name}={','.join([quote(text_of(item), safe='') for item in value])}")
        elif is_collection(value):
            pairs += [f"{name}={quote(text_of(item), safe='')}" for item in value]
        else:
            pairs.append(f"{name}={quote(text_of(value), safe='')}")
    return "&".join(pairs)


_text = json.JSONEncoder(default=jsonable, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode


def json_body(body: Any) -> bytes:
    """An object body from its members, or any other body from its value."""
    if is_object(body):
        body = {name: value for name, value in body.items() if value is not UNSET}
    return _encoded(_text(body))


def lines_body(items: Iterable[Any] | Unset) -> bytes | None:
    """One item on each line."""
    return None if isinstance(items, Unset) else b"".join([json_body(item) + b"\n" for item in items])


def text_body(text: str | None) -> bytes | None:
    """A text in UTF-8."""
    return None if text is None else _encoded(text)


def form_body(fields: Mapping[str, Any]) -> bytes:
    """A form from its fields."""
    sent = {name: text_of(value) for name, value in fields.items() if value is not UNSET}
    _encoded("".join(sent.values()))
    return urlencode(sent).encode()


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # It holds the whole text, and so would the context of the error below.
        pass
    raise ValueError("a body cannot hold half of a surrogate pair")


def match_variant(function: str, variants: tuple[tuple[frozenset[str], frozenset[str]], ...], members: dict[str, Any]) -> dict[str, Any]:
    """The members of a body that has several forms, each (required, all) names.

    TypeError names a member of no form, and the most similar one.
    """
    members = {name: value for name, value in members.items() if value is not UNSET}
    known = frozenset[str]().union(*(names for _, names in variants))
    for name in members:
        if name not in known:
            from difflib import get_close_matches  # noqa: PLC0415  # costs more than this whole module

            near = get_close_matches(name, sorted(known), 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{hint}")
    if any(required <= members.keys() <= names for required, names in variants):
        return members
    forms = " or ".join(", ".join(sorted(required)) for required, _ in variants)
    raise TypeError(f"{function}() takes {forms}, and the members that go with it; given: {', '.join(sorted(members)) or 'nothing'}")


def masked(value: Any, secrets: frozenset[str]) -> Any:
    """A JSON value with the members of these names masked, at any depth."""
    if is_object(value):
        return {name: MASK if name in secrets and held is not None else masked(held, secrets) for name, held in value.items()}
    return [masked(held, secrets) for held in value] if is_collection(value) else value
