"""A fake server for tests of code that uses the SDK. Strict: unscripted calls fail, and so do unused responses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar, cast

from . import forms
from .async_client import AsyncBaseClient
from .client import BaseClient
from .errors import UNREADABLE, ProblemError
from .http import httpx
from .model import Model, jsonable
from .operation import Operation
from .retry import Retries

T = TypeVar("T")
C = TypeVar("C", bound=BaseClient)
A = TypeVar("A", bound=AsyncBaseClient)
Responder: TypeAlias = Callable[[httpx.Request], httpx.Response]
Examples: TypeAlias = Mapping[str, Mapping[str, Any]]

BASE_URL = "https://fake.test"


class _AtOnce(Retries):
    """Without pauses, whatever Retry-After states."""

    __slots__ = ()

    def after_answer(self, *args: Any, **options: Any) -> float | None:
        return None if super().after_answer(*args, **options) is None else 0.0


AT_ONCE = _AtOnce(base=0.0)


class _Scripted:
    """One response of a script; a steady one repeats."""

    def __init__(self, respond: Responder, *, steady: bool) -> None:
        self.respond, self.steady, self.used = respond, steady, 0


@dataclass(frozen=True, slots=True)
class Received:
    """A request of the code under test."""

    operation: Operation[Any]
    request: httpx.Request

    @property
    def path(self) -> str:
        return self.request.url.path

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.url.params)

    @property
    def body(self) -> Any:
        """The JSON body, the items of a stream, the fields of a form, a text, the bytes of a file, or None."""
        content, media = self.request.content, self.operation.media or ""
        if not content:
            return None
        if "urlencoded" in self.request.headers.get("content-type", ""):
            return dict(httpx.QueryParams(content.decode()))
        if media == forms.MEDIA:
            return forms.fields_of(content)
        if self.operation.is_file or media.startswith("text/"):
            return content if self.operation.is_file else content.decode()
        return [json.loads(line) for line in content.splitlines()] if media.endswith("ndjson") else json.loads(content)


class Fake(Generic[C, A]):
    """The base of the generated fake, which knows the contract's operations, examples and clients."""

    _HEADERS: ClassVar[Mapping[str, str]] = {}
    _BASE_PATH: ClassVar[str] = ""
    _KEYS: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.calls: list[Received] = []
        """The requests, in order."""
        self._scripts: dict[Operation[Any], list[_Scripted]] = {}
        self._unscripted: list[str] = []
        self._routes: list[tuple[str, re.Pattern[str], Operation[Any]]] | None = None

    def operations(self) -> tuple[Operation[Any], ...]:
        """The operations of the contract."""
        raise NotImplementedError

    def examples(self) -> Examples:
        """The examples of the contract: successes and problems."""
        raise NotImplementedError

    # -- scripting --------------------------------------------------------------------------------------------------
    def on(self, operation: Operation[T], *values: T | Callable[[httpx.Request], T]) -> Self:
        """Set the responses of an operation: the example of the contract, one value always, or several in turn.

        A value is a result of the operation, or a function of the request that returns one.
        """
        _check_operation(operation)
        if not values:
            example = self._example("answers", operation.key) if operation.parse is not None else None
            return self._script(operation, self._responder(operation, example), steady=True)
        for value in values:
            if not callable(value) or isinstance(value, type):
                _check(operation, value)
            self._script(operation, self._responder(operation, value), steady=len(values) == 1)
        return self

    def fail(self, operation: Operation[Any], problem: type[ProblemError], **members: Any) -> Self:
        """Let an operation fail with a problem that it declares; missing members come from the example of the contract."""
        _check_operation(operation)
        kind: Any = problem
        if not (isinstance(kind, type) and issubclass(kind, ProblemError)):
            raise TypeError(
                f"fail() takes the class of a problem and its members, such as errors.ItemNotFound; given: {_described(problem)}. "
                "lose() breaks a connection"
            )
        name = problem.__name__
        if name not in operation.problems:
            raise TypeError(f"{operation.name} does not declare {name}; it declares {', '.join(operation.problems)}")
        body = {"type": problem.type, "status": problem.STATUS, **self._example("problems", name)}
        unknown = members.keys() - body.keys()
        if unknown:
            raise TypeError(f"{name} has no member {', '.join(sorted(unknown))}; it has {', '.join(sorted(body))}")
        body |= {member: jsonable(value) for member, value in members.items()}
        problem.members(body)
        fields = {"content-type": "application/problem+json"}
        if self._declares("retry-after", name):
            fields["retry-after"] = "1"
        content = json.dumps(body).encode()
        return self._script(operation, lambda _: httpx.Response(problem.STATUS, headers=fields, content=content), steady=True)

    def lose(self, operation: Operation[Any], *, after_sending: bool) -> Self:
        """Break the connection once: before anything was sent, or after the server may have done the work."""
        _check_operation(operation)

        def respond(request: httpx.Request) -> httpx.Response:
            if after_sending:
                raise httpx.ReadError("the fake lost the response", request=request)
            raise httpx.ConnectError("the fake refused the connection", request=request)

        return self._script(operation, respond, steady=False)

    # -- for the code under test ------------------------------------------------------------------------------------
    def http(self) -> httpx.Client:
        """A client that sends its requests here, for `http=`."""
        return httpx.Client(transport=httpx.MockTransport(self._handle))

    def async_http(self) -> httpx.AsyncClient:
        """The same, asynchronously."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _client(self, kind: type[C], options: dict[str, Any]) -> C:
        return kind(options.pop("base_url", BASE_URL), http=self.http(), **self._defaults(options))

    def _async_client(self, kind: type[A], options: dict[str, Any]) -> A:
        return kind(options.pop("base_url", BASE_URL), http=self.async_http(), **self._defaults(options))

    def _defaults(self, options: dict[str, Any]) -> dict[str, Any]:
        # Tests do not wait between attempts. Without credentials, secured operations would not be sent.
        options.setdefault("retries", AT_ONCE)
        if not options.keys() & {"username", "token", "api_key", "auth", "tokens"}:
            options["token"] = "fake"  # noqa: S105  # not a real one
            options["api_key"] = dict.fromkeys(self._KEYS, "fake") or None
        return options

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.check()

    def check(self) -> None:
        """AssertionError for unscripted calls, even if the code under test swallowed the error, and for unused responses."""
        if self._unscripted:
            raise AssertionError(f"no response is scripted for {', '.join(self._unscripted)}")
        unused = [(operation.name, sum(not scripted.used for scripted in script)) for operation, script in self._scripts.items()]
        names = [f"{count} of {name}" for name, count in unused if count]
        if names:
            raise AssertionError(f"unused responses: {', '.join(names)}")

    # -- the server's side ------------------------------------------------------------------------------------------
    def _handle(self, request: httpx.Request) -> httpx.Response:
        operation = self._operation(request)
        name = f"{request.method} {request.url.path}" if operation is None else operation.name
        if operation is not None:
            self.calls.append(Received(operation, request))
            for scripted in self._scripts.get(operation, ()):
                if scripted.steady or not scripted.used:
                    scripted.used += 1
                    response = scripted.respond(request)
                    response.headers.setdefault("x-request-id", f"00000000-0000-7000-8000-{len(self.calls):012}")
                    return response
        self._unscripted.append(name)
        raise AssertionError(f"no response is scripted for {name}: use fake.on(operations...)")

    def _operation(self, request: httpx.Request) -> Operation[Any] | None:
        if self._routes is None:
            # Literal segments before others, and those with more text before those with less: /users/me is not the user `me`.
            known = sorted(self.operations(), key=lambda operation: _rank(operation.path))
            self._routes = [(operation.method, _pattern(operation.path), operation) for operation in known]
        path = request.url.raw_path.split(b"?")[0].decode().removeprefix(self._BASE_PATH)
        fitting = [operation for method, pattern, operation in self._routes if method == request.method and pattern.fullmatch(path)]
        # Those of one name are one operation in several media types, of which the request accepts one.
        named = [each for each in fitting if each.name == fitting[0].name and each.is_accepted(request.headers.get("accept", ""))]
        return next(iter([*named, *fitting]), None)

    def _script(self, operation: Operation[Any], respond: Responder, *, steady: bool) -> Self:
        script = self._scripts.setdefault(operation, [])
        if script and script[-1].steady:
            # A steady response is replaced. If it was never used, check() reports it.
            script[-1].steady = False
        script.append(_Scripted(respond, steady=steady))
        return self

    def _declares(self, header: str, name: str) -> bool:
        return name in self._HEADERS.get(header, "").split()

    def _responder(self, operation: Operation[Any], value: Any) -> Responder:
        def respond(request: httpx.Request) -> httpx.Response:
            made = value
            if callable(value) and not isinstance(value, Model):
                made = cast("Callable[[httpx.Request], Any]", value)(request)
                if isinstance(made, httpx.Response):
                    return made
                _check(operation, made)
            response = _response(operation, made)
            body: Any = jsonable(made) if isinstance(made, Model | Mapping) else {}
            if self._declares("location", operation.key) and "id" in body:
                response.headers["location"] = f"{request.url.path}/{body['id']}"
            if self._declares("etag", operation.key):
                tag = response.headers["etag"] = f'"{body.get("version") or sha256(response.content).hexdigest()[:16]}"'
                if tag in request.headers.get("if-none-match", ""):
                    return httpx.Response(304, headers={"etag": tag})
            return response

        return respond

    def _example(self, kind: str, name: str) -> Any:
        try:
            return self.examples()[kind][name]
        except KeyError:
            raise TypeError(f"the contract has no example for {name}; pass a value") from None


def _check_operation(operation: Operation[Any]) -> None:
    if not isinstance(operation, Operation):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"the fake is scripted with operations, such as operations.get_item; given: {_described(operation)}")


def _described(value: object) -> str:
    return value.__name__ if isinstance(value, type) else repr(value) if isinstance(value, str) else type(value).__name__


def _rank(path: str) -> list[tuple[bool, int]]:
    segments = [(segment, re.sub(r"\{[^}]+\}", "", segment)) for segment in path.split("/")]
    return [(segment != text, -len(text) if segment != text else 0) for segment, text in segments]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("".join(["[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path)]))


def _response(operation: Operation[Any], value: Any) -> httpx.Response:
    if operation.parse is None:
        return httpx.Response(operation.status)
    if operation.binary:
        accepted = operation.accept or "application/octet-stream"
        kind = f"{accepted}; charset=utf-8" if accepted.startswith("text/") else accepted
        value = cast("Any", operation.parse).text(value) if isinstance(value, list) else value
        # The example of a file is a text with a character for each octet.
        content = value.encode("latin-1" if operation.returns == (bytes,) else "utf-8") if isinstance(value, str) else cast("bytes", value)
        return httpx.Response(operation.status, headers={"content-type": kind}, content=content)
    return httpx.Response(operation.status, json=jsonable(value))


def _check(operation: Operation[Any], value: Any) -> None:
    if operation.parse is None:
        if value is not None:
            raise TypeError(f"{operation.name} has no body; pass None")
        return
    expected = " or ".join([kind.__name__ for kind in operation.returns])
    if isinstance(value, Mapping):
        # An unreadable value fails here, and not in the code under test.
        with suppress(*UNREADABLE):
            operation.parse(value)
            return
        raise TypeError(f"{operation.name} returns {expected}; the object cannot be read as one")
    if not isinstance(value, operation.returns):
        raise TypeError(f"{operation.name} returns {expected}, not {type(value).__name__}")
