"""A proxy in front of a server, whose responses a test makes slow, silent or incomplete."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.faults.callers import pause

# Passes a part of a response on, in its own way.
Fault = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
SILENT_FOR_S = 6


async def passed_on(part: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(part)


async def delayed(part: bytes, writer: asyncio.StreamWriter) -> None:
    await pause(SILENT_FOR_S)
    writer.write(part)


async def trickling(part: bytes, writer: asyncio.StreamWriter) -> None:
    for byte in part:
        if writer.is_closing():
            return
        writer.write(bytes([byte]))
        await pause(0.5)


async def silent(part: bytes, writer: asyncio.StreamWriter) -> None:
    """Keep the connection, and the response."""


async def cut(part: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(part[:40])
    writer.close()


FAULTS: dict[str, Fault] = {each.__name__: each for each in (delayed, trickling, silent, cut)}


@dataclass
class FaultyProxy:
    """A running proxy. A test changes `fault` at any time."""

    url: str
    fault: Fault = passed_on
    connections: set["asyncio.Task[None]"] = field(default_factory=set)


@asynccontextmanager
async def faulty_proxy(port: int) -> AsyncIterator[FaultyProxy]:
    """In front of this port of 127.0.0.1, without a fault at first."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            await proxy.fault(part, writer)
        if proxy.fault is not silent:
            writer.close()

    async def request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio starts one for each connection"
        proxy.connections.add(task)
        behind = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(request(reader, behind[1]), respond(behind[0], writer))
        except ConnectionError:
            # The client has had enough.
            pass
        finally:
            behind[1].close()
            writer.close()
            proxy.connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy = FaultyProxy(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield proxy
    finally:
        server.close()
        for task in list(proxy.connections):
            task.cancel()
        await asyncio.gather(*proxy.connections, return_exceptions=True)
