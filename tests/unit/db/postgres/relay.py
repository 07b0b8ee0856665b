"""A relay in front of PostgreSQL, which records the messages to the server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url

SSL_REQUEST = (80877103).to_bytes(4, "big")  # PostgreSQL, "Message Formats"


@asynccontextmanager
async def relayed(url: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A URL of the relay, with TLS if `tls`, and the messages that were sent to it. asyncpg writes a whole request at once."""
    sent: list[bytes] = []
    target = make_url(url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: list[bytes]) -> None:
        while data := await reader.read(65536):
            seen.append(data)
            writer.write(data)
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if tls is not None:
            assert (await reader.readexactly(8)).endswith(SSL_REQUEST)
            writer.write(b"S")
            await writer.start_tls(tls)
        responses, requests = await asyncio.open_connection(target.host, target.port)
        await asyncio.gather(pass_on(reader, requests, sent), pass_on(responses, writer, []))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        way = target.set(host="127.0.0.1", port=port, query={} if tls is None else {"sslmode": "require"})
        yield way.render_as_string(hide_password=False), sent
