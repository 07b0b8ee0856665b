"""The guarded protocol on a loopback socket in front of a small application, and a client that sends exactly the bytes of a test."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from steelyard.contract.http.hosts import TrustedHosts
from steelyard.serving.bounds import Bounds
from steelyard.serving.config import KEEP_ALIVE_S, ServerConfig
from steelyard.serving.protocol import BoundedProtocol
from steelyard.settings import Settings
from tests.kit.servers.waiting import until

HOST = b"host: localhost\r\n"
# No test needs this long, but a machine may be busy.
PATIENCE_S = 20


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Responds with what it has read: the method, the path, the names of the headers, the size and the digest of the body."""
    content, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        content += message.get("body", b"")
        more = message.get("more_body", False)
    read = {
        "method": scope["method"],
        "path": scope["path"],
        "headers": [name.decode() for name, _ in scope["headers"]],
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    body = json.dumps(read).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})


class Connection:
    """The client's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        """The next response."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return int(status.split()[1]), headers, await self.reader.readexactly(int(headers["content-length"]))

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        return await asyncio.wait_for(self.reader.read(-1), PATIENCE_S)

    async def is_closed(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(1), PATIENCE_S) == b""
        except ConnectionResetError:
            return True

    async def is_open_for(self, seconds: float) -> bool:
        """Whether the server sends nothing and does not close in that time."""
        try:
            await asyncio.wait_for(self.is_closed(), seconds)
        except TimeoutError:
            return True
        return False

    async def problem(self) -> tuple[int, str]:
        """The problem that the protocol itself sends before it closes: status and detail."""
        status, headers, body = await self.response()
        problem = json.loads(body)
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        assert (problem["type"], problem["status"]) == ("about:blank", status)
        assert await self.is_closed()
        return status, problem["detail"]


async def every(seconds: float) -> AsyncIterator[None]:
    """The pace of a client that is slow on purpose."""
    while True:
        yield
        await asyncio.sleep(seconds)  # style: sleep, the pause is the attack


Connect = Callable[[], Awaitable[Connection]]


@asynccontextmanager
async def guarded(
    app: ASGIApp = echo,
    most_connections: int = 1000,
    keep_alive_s: float = KEEP_ALIVE_S,
    kind: type[BoundedProtocol] = BoundedProtocol,
    **limits: Any,
) -> AsyncIterator[Connect]:
    """Connects to the protocol in front of an application, with these settings; every connection ends with the block."""
    settings = Settings(**limits)
    config = ServerConfig(lambda: app, settings)
    config.timeout_keep_alive = keep_alive_s  # type: ignore[assignment]  # whole seconds are for operators
    config.load()
    config.connections.most = most_connections
    state = ServerState()
    trusted_hosts = TrustedHosts(settings.trusted_hosts, settings.root_path)
    protocol = partial(kind, Bounds.of(settings), trusted_hosts, config.connections, config=config, server_state=state, app_state={})
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> Connection:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writers.append(writer)
        return Connection(reader, writer)

    try:
        yield connect
    finally:
        for writer in writers:
            writer.transport.abort()
        server.close()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        await until(lambda: not state.connections)
