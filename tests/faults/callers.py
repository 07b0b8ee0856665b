"""Many concurrent callers of a running server. Each sends one request after another on a persistent connection.

A client library would use more processor time than the server under test.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tests.kit.clients.raw import request_bytes

# Longer than any limit of a test, so that a slow response is measured instead of cut off.
PATIENCE_S = 30


class Response(NamedTuple):
    """A response, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    took_s: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def pause(seconds: float) -> None:
    """Wait, as a well-behaved client does before a retry."""
    await asyncio.sleep(seconds)  # style: sleep, callers pause between requests


class Lost(Exception):
    """The connection ended before the response, so the outcome of the request is unknown."""


class Caller:
    """Connects for the first request, and again after a lost connection."""

    host = b"localhost"

    def __init__(self, url: str, token: str | None = None) -> None:
        self._where = urlsplit(url)
        self._fields = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Response:
        """Send a request and return its response. Raises Lost if the connection ends."""
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._response(await self.send(method, path, body, key=key), began_s)
        except (OSError, EOFError) as error:
            self.close()
            raise Lost(type(error).__name__) from error

    async def send(self, method: str, path: str, body: object = None, *, key: str | None = None) -> asyncio.StreamReader:
        """Send a request without reading its response."""
        fields = list(self._fields)
        if key is not None:
            fields.append((b"idempotency-key", key.encode()))
        raw = None
        if body is not None:
            fields.append((b"content-type", b"application/json"))
            raw = json.dumps(body).encode()
        reader, writer = await self._connected()
        writer.write(request_bytes(method, path.encode(), fields, raw, host=self.host))
        await writer.drain()
        return reader

    async def insist(self, method: str, path: str, body: object = None, *, key: str | None = None, until: Callable[[], bool]) -> Response:
        """Repeat a request with the same key after a lost connection, a 503, or a 409 for a key in progress. Stops when `until` is true."""
        while True:
            try:
                response = await self.request(method, path, body, key=key)
            except Lost:
                if until():
                    raise
                await pause(0.05)
                continue
            if (response.status != 503 and "idempotency-in-progress" not in response.body.decode()) or until():
                return response
            await pause(0.1)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._stream is None:
            self._stream = await asyncio.open_connection(self._where.hostname, self._where.port)
        return self._stream

    async def _response(self, reader: asyncio.StreamReader, began_s: float) -> Response:
        start, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.close()
        return Response(int(start.split(" ")[1]), headers, body, time.monotonic() - began_s)

    def close(self) -> None:
        if self._stream is not None:
            self._stream[1].transport.abort()
            self._stream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
