"""BEGIN and COMMIT in one message with a statement of asyncpg's. This depends on asyncpg's transport, which is not a public interface.

asyncpg ends each message with a Sync and waits for the response. PostgreSQL needs neither: it runs BEGIN, a statement and COMMIT that
arrive together one after the other, and skips the rest when one of them fails ("Extended Query" in its manual). asyncpg skips responses to
messages that it has not sent, as it does when it parses a statement again. So only the sending has to change: asyncpg gets an event loop
whose connections have a `PipeliningTransport`. The bound of asyncpg in pyproject.toml excludes versions that were not read, and
STEELYARD_DATABASE_PIPELINING=false gives asyncpg the plain loop.
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
        """The statement was not sent."""
        self._begin = self._commit = False

    def write(self, data: memoryview | bytes) -> None:
        """As for any transport."""
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
    """An event loop for asyncpg, whose connections have a `PipeliningTransport`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Used for each statement, so without the detour of `__getattr__`.
        self.call_later = loop.call_later

    async def create_connection(self, protocol: Callable[[], Any], *arguments: Any, **options: Any) -> tuple[PipeliningTransport, Any]:
        """As the loop's."""
        _, connected = await self._loop.create_connection(lambda: _Connected(protocol), *arguments, **options)
        return connected.transport, connected.protocol

    async def create_unix_connection(self, protocol: Callable[[], Any], *arguments: Any, **options: Any) -> tuple[PipeliningTransport, Any]:
        """As the loop's."""
        _, connected = await self._loop.create_unix_connection(lambda: _Connected(protocol), *arguments, **options)
        return connected.transport, connected.protocol

    async def start_tls(self, transport: PipeliningTransport, *arguments: Any, **options: Any) -> PipeliningTransport:
        """As the loop's."""
        secured = await self._loop.start_tls(transport.transport, *arguments, **options)
        assert secured is not None
        return PipeliningTransport(secured)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


class _Connected(asyncio.Protocol):
    """Gives a protocol the `PipeliningTransport` in place of its transport."""

    transport: PipeliningTransport
    protocol: Any

    def __init__(self, protocol: Callable[[], Any]) -> None:
        self._make = protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio does it for streams
        self.transport, self.protocol = PipeliningTransport(transport), self._make()
        transport.set_protocol(self.protocol)
        self.protocol.connection_made(self.transport)
