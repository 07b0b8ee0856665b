"""Notifications of PostgreSQL, on a separate connection: a pooled one would lose LISTEN, or deliver to the wrong caller."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from steelyard.db.postgres.errors import CONNECT_ERRORS
from steelyard.db.postgres.pool import RECONNECT_PAUSE_S

# A connection that a firewall has dropped looks alive to both ends, so it is tried from time to time.
_PROBE_INTERVAL_S = 20
_PROBE_TIMEOUT_S = 2


async def listen(url: str, channel: str, notify: Callable[[], object], *, connect_timeout_s: float) -> None:
    """Call `notify` for every notification until this is cancelled, and after each connection, because some may have been lost."""
    shortest, longest = RECONNECT_PAUSE_S
    pause_s = shortest
    while True:
        with suppress(*CONNECT_ERRORS):
            connection = await asyncpg.connect(
                url, timeout=connect_timeout_s, statement_cache_size=0, server_settings={"application_name": "steelyard listener"}
            )
            pause_s = shortest
            try:
                await _listen(connection, channel, notify)
            finally:
                connection.terminate()
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, longest)


async def _listen(connection: asyncpg.Connection, channel: str, notify: Callable[[], object]) -> None:
    """Listen until the connection ends."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    await connection.add_listener(channel, lambda *_: notify())
    notify()
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(_PROBE_INTERVAL_S):
                await ended.wait()
                return
        await connection.execute("SELECT 1", timeout=_PROBE_TIMEOUT_S)
