"""Callers of a running server, many at a time: each sends one request after the other over a connection that it keeps.

A client library would need more of the processor than the server that it measures.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tests.kit.clients.raw import request_bytes

# Longer than anything may take, so that what takes too long is measured instead of cut off.
PATIENCE_S = 30


class Reply(NamedTuple):
    """A response, and how long it was in coming."""

    status: int
    headers: dict[str, str]
    body: bytes
    took_s: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def pause(seconds: float) -> None:
    """What a decent client does before it tries again."""
    await asyncio.sleep(seconds)  # style: sleep, part of how callers behave, not of how a test waits


class Lost(Exception):
    """The connection ended before the response: what became of the request is not known."""


class Caller:
    """Opens its connection at the first request, and again after a loss."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._where = urlsplit(url)
        self._fields = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Reply:
        """Send a request; its response, or Lost."""
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._reply(await self.send(method, path, body, key=key), began_s)
        except (OSError, EOFError) as error:
            self.close()
            raise Lost(type(error).__name__) from error

    async def send(self, method: str, path: str, body: object = None, *, key: str | None = None) -> asyncio.StreamReader:
        """Send a request and leave its response unread."""
        fields = list(self._fields)
        if key is not None:
            fields.append((b"idempotency-key", key.encode()))
        raw = None
        if body is not None:
            fields.append((b"content-type", b"application/json"))
            raw = json.dumps(body).encode()
        reader, writer = await self._connected()
        writer.write(request_bytes(method, path.encode(), fields, raw))
        await writer.drain()
        return reader

    async def insist(self, method: str, path: str, body: object = None, *, key: str | None = None, until: Callable[[], bool]) -> Reply:
        """Send it again, with the same key, after a loss or a 503 or 409 that asks for it; the last response when time is up."""
        while True:
            try:
                reply = await self.request(method, path, body, key=key)
            except Lost:
                if until():
                    raise
                await pause(0.05)
                continue
            if (reply.status != 503 and "idempotency-in-progress" not in reply.body.decode()) or until():
                return reply
            await pause(0.1)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._stream is None:
            self._stream = await asyncio.open_connection(self._where.hostname, self._where.port)
        return self._stream

    async def _reply(self, reader: asyncio.StreamReader, began_s: float) -> Reply:
        start, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(start.split(" ")[1]), headers, body, time.monotonic() - began_s)

    def close(self) -> None:
        if self._stream is not None:
            self._stream[1].transport.abort()
            self._stream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
