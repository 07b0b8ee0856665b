"""The load generator: a number of keep-alive connections, each sending its next request when it has its answer.

Our own, because every answer is looked at: its status counts, and orders need a fresh key each.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

Requests = Callable[[], bytes]


@dataclass(slots=True)
class Load:
    """What came of one run of a generator."""

    seconds: float = 0.0
    answers: int = 0
    refused: int = 0  # answers that were not 2xx
    broken: int = 0  # connections that ended early
    latencies_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The latency that this share of the answers stayed below."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Requests, load: Load, until: float, finished: asyncio.Future[None]) -> None:
        self._requests = requests
        self._load = load
        self._until = until
        self._finished = finished
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests())

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._received[:head_end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < head_end + 4 + length:
            return
        now = time.perf_counter()
        self._load.answers += 1
        self._load.refused += head[9:10] != b"2"
        self._load.latencies_ms.append((now - self._sent_at) * 1000)
        self._received = b""
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None or time.perf_counter() < self._until:
            self._load.broken += 1
        if not self._finished.done():
            self._finished.set_result(None)


async def run(port: int, requests: Requests, *, connections: int, seconds: float) -> Load:
    """Load a server on this machine for some seconds."""
    loop = asyncio.get_running_loop()
    load = Load()
    began = time.perf_counter()
    ends = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(lambda end=end: _Connection(requests, load, began + seconds, end), "127.0.0.1", port)  # type: ignore[misc]  # a default binds the loop's variable
    await asyncio.gather(*ends)
    load.seconds = time.perf_counter() - began
    return load
