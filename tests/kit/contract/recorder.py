"""Passes every exchange of a test run to watchers, whichever client sent it. Without watchers, nothing is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steelyard.contract.http.sending import SEND_WHOLE
from tests.kit.contract.checker import Exchange

Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """A request, as far as the application read it, and its response."""

    application: int
    """The id of the application."""
    method: str
    target: bytes
    fields: Fields
    body: bytes
    exchange: Exchange


WATCHERS: list[Callable[[RecordedExchange], None]] = []
"""Called with each exchange. A run adds watchers before its first test."""

CLAIMED: list[Callable[[str, str, str], None]] = []
"""Called with each claim of a test."""


def claim(dimension: str, operation: str, what: str) -> None:
    """Record what a test has just asserted and the exchange alone does not show, such as the caller's role or the name of the example."""
    for record in CLAIMED:
        record(dimension, operation, what)


class Watched:
    """The application. Each exchange is passed to the watchers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not WATCHERS:
            await self._app(scope, receive, send)
            return
        read, sent, start = list[bytes](), list[bytes](), dict[str, Any]()

        async def reading() -> Message:
            message = await receive()
            read.append(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                sent.append(message.get("body", b""))
            await send(message)

        extensions = dict(scope.get("extensions") or {})
        if (at_once := extensions.get(SEND_WHOLE)) is not None:

            def sending_at_once(status: int, headers: Fields, lines: bytes, body: bytes) -> bool:
                if not at_once(status, headers, lines, body):
                    return False
                start.update(status=status, headers=[*headers, *_fields_of(lines)])
                sent.append(body)
                return True

            extensions[SEND_WHOLE] = sending_at_once
        await self._app({**scope, "extensions": extensions}, reading, sending)
        if start:
            self._notify(scope, b"".join(read), start, b"".join(sent))

    def _notify(self, scope: Scope, body: bytes, start: dict[str, Any], content: bytes) -> None:
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        exchange = Exchange(scope["method"], target.decode("latin-1"), start["status"], fields, content)
        seen = RecordedExchange(id(self._app), scope["method"], target, list(scope["headers"]), body, exchange)
        for watcher in WATCHERS:
            watcher(seen)


def _fields_of(lines: bytes) -> Fields:
    """The fields of encoded header lines."""
    fields = (line.split(b": ", 1) for line in lines.splitlines())
    return [(name, value) for name, value in fields]
