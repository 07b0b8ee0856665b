"""BEGIN and COMMIT in one message with a statement of asyncpg's.

asyncpg ends each message with a Sync and waits for the answer. PostgreSQL needs neither: it answers BEGIN, a statement and COMMIT that come
together one after the other, and passes over the rest when one of them fails ("Extended Query" in its manual). What asyncpg has not sent
itself it takes for a statement that is parsed again, so the answers need no hand; only the way out does, and that leads through a `Wire`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

# Parse, Bind and Execute, without names (PostgreSQL, "Message Formats").
_PARSE_BEGIN = b"P\0\0\0\x0d\0BEGIN\0\0\0"
_PARSE_COMMIT = b"P\0\0\0\x0e\0COMMIT\0\0\0"
_BIND_AND_EXECUTE = b"B\0\0\0\x0c\0\0\0\0\0\0\0\0" + b"E\0\0\0\x09\0\0\0\0\0"
_SYNC = b"S\0\0\0\x04"

_BEGIN = _PARSE_BEGIN + _BIND_AND_EXECUTE
_COMMIT = _PARSE_COMMIT + _BIND_AND_EXECUTE + _SYNC


class PipeliningTransport:
    """A transport that puts BEGIN in front of the next statement, or COMMIT behind it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._begin = False
        self._commit = False

    def add_begin(self) -> None:
        """The next statement begins a transaction."""
        self._begin = True

    def add_commit(self) -> None:
        """The next statement is the last one."""
        self._commit = True

    def add_nothing(self) -> None:
        """The statement could not be sent."""
        self._begin = self._commit = False

    def write(self, data: memoryview | bytes) -> None:
        """As a transport's."""
        if self._begin or self._commit:
            data = self._with_more(bytes(data))
        self.transport.write(data)

    def _with_more(self, message: bytes) -> bytes:
        if self._commit and message.endswith(_SYNC):
            message = message.removesuffix(_SYNC) + _COMMIT
            self._commit = False
        if self._begin:
            message = _BEGIN + message
            self._begin = False
        return message

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)


class PipeliningLoop:
    """The event loop as asyncpg asks for it: connections that it makes are led through a Wire."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Asked for with each statement, so without the detour of `__getattr__`.
        self.call_later = loop.call_later

    async def create_connection(self, protocol: Callable[[], Any], *where: Any, **how: Any) -> tuple[PipeliningTransport, Any]:
        """As the loop's."""
        _, meeting = await self._loop.create_connection(lambda: _Meeting(protocol), *where, **how)
        return meeting.wire, meeting.protocol

    async def create_unix_connection(self, protocol: Callable[[], Any], *where: Any, **how: Any) -> tuple[PipeliningTransport, Any]:
        """As the loop's."""
        _, meeting = await self._loop.create_unix_connection(lambda: _Meeting(protocol), *where, **how)
        return meeting.wire, meeting.protocol

    async def start_tls(self, wire: PipeliningTransport, *given: Any, **named: Any) -> PipeliningTransport:
        """As the loop's."""
        secured = await self._loop.start_tls(wire.transport, *given, **named)
        assert secured is not None
        return PipeliningTransport(secured)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


class _Meeting(asyncio.Protocol):
    """Lets a protocol meet a Wire in the place of the transport, and leaves."""

    wire: PipeliningTransport
    protocol: Any

    def __init__(self, protocol: Callable[[], Any]) -> None:
        self._make = protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio does it for streams
        self.wire, self.protocol = PipeliningTransport(transport), self._make()
        transport.set_protocol(self.protocol)
        self.protocol.connection_made(self.wire)
