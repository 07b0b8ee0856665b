"""The connections of a client and its views: made once, never lost, not shared with a forked process or another event loop."""

# ruff: noqa: SLF001  # httpx has no public access to its pools

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from .errors import ClientClosed, ConnectionFailed, WrongEventLoop
from .forks import renew_after_fork
from .http import httpx

H = TypeVar("H", httpx.Client, httpx.AsyncClient)

PART_BYTES = 65_536
# Sockets of a parent process: closing them here could change its event loop.
_parked: list[Any] = []


class ConnectionHolder:
    """The connections of one client and its views."""

    __slots__ = ("__weakref__", "_lock", "_loop", "_ready", "closed", "http", "provided")

    def __init__(self, http: Any) -> None:
        self.provided: Any = http
        self.http: Any = http
        self.closed = self._ready = False
        self._lock = threading.Lock()
        self._loop: object = None
        renew_after_fork(self)

    def client(self, make: Callable[[], H]) -> H:
        """The client of httpx, made at the first use; ClientClosed if either client is closed."""
        if self.closed or (self.provided is not None and self.provided.is_closed):
            raise ClientClosed
        if not self._ready:
            with self._lock:
                if self.closed:
                    raise ClientClosed
                if self.http is None:
                    self.http = _made(make)
                for pool in _pools(self.http):
                    if not isinstance(pool._network_backend, _Bounded):
                        pool._network_backend = _Bounded(pool._network_backend)
                self._ready = True
        return cast("H", self.http)

    def is_in_its_loop(self) -> bool:
        """Whether this is the event loop of the first use. Without sockets, as in tests, any loop is."""
        import asyncio  # noqa: PLC0415  # only asynchronous clients need it

        loop = asyncio._get_running_loop()
        if self._loop is None and any(_pools(self.http)):
            self._loop = loop
        return self._loop is None or self._loop is loop

    def check_loop(self) -> None:
        if not self.is_in_its_loop():
            raise WrongEventLoop

    def _after_fork(self) -> None:
        self._lock, self._loop = threading.Lock(), None
        for pool in _pools(self.http):
            pool._optional_thread_lock = type(pool._optional_thread_lock)()
            connections, pool._connections, pool._requests = pool._connections, [], []
            if isinstance(self.http, httpx.AsyncClient):
                _parked.append(connections)
            else:
                for connection in connections:
                    # Closes the descriptors of this process only.
                    connection.close()
        if self.provided is None:
            self.http, self._ready = None, False


def _made(make: Callable[[], H]) -> H:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # of any kind, and its text may hold the password of a proxy
        reason = f"{error}" if isinstance(error, ImportError) else type(error).__name__
    raise ConnectionFailed(f"HTTP_PROXY, HTTPS_PROXY, ALL_PROXY or NO_PROXY in the environment cannot be used: {reason}", sent=False)


def _pools(http: Any) -> Iterator[Any]:
    for transport in () if http is None else (http._transport, *http._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if hasattr(pool, "_network_backend") and hasattr(pool, "_optional_thread_lock"):
            yield pool


def free_places(http: Any, request: httpx.Request) -> list[Any]:
    """Give the places of a failed request back to the pool; returns the connections to be closed.

    A cancellation between two steps leaves a connection that no request uses, or a request that nothing ends.
    """
    lost: list[Any] = []
    for pool in _pools(http):
        with pool._optional_thread_lock:
            pool._requests[:] = [held for held in pool._requests if held.request.extensions is not request.extensions]
            used = {id(held.connection) for held in pool._requests}
            kept = [each for each in pool._connections if id(each) in used or each.is_idle() or each.is_closed()]
            if len(kept) < len(pool._connections):
                lost += [each for each in pool._connections if each not in kept]
                pool._connections[:] = kept
                lost += pool._assign_requests_to_connections()
    return lost


class _Bounded:
    """A network backend, or a stream, whose waits end at the deadline of the running call."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def connect_tcp(self, name: str = "connect_tcp", **options: Any) -> Any:
        options["timeout"] = _left(options["timeout"], httpx.ConnectTimeout)
        return _bounded(getattr(self._inner, name)(**options))

    def connect_unix_socket(self, **options: Any) -> Any:
        return self.connect_tcp("connect_unix_socket", **options)

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        return _bounded(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpx.ConnectTimeout)))

    def write(self, buffer: Any, timeout: float | None = None) -> Any:
        if hasattr(self._inner, "close"):
            # A synchronous stream waits anew for each part that the socket takes.
            while len(buffer) > PART_BYTES:
                self._inner.write(buffer[:PART_BYTES], _left(timeout, httpx.WriteTimeout))
                buffer = memoryview(buffer)[PART_BYTES:]
        return self._inner.write(buffer, _left(timeout, httpx.WriteTimeout))

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._inner.read(max_bytes, _left(timeout, httpx.ReadTimeout))


def _bounded(opened: Any) -> Any:
    return _later(opened) if hasattr(opened, "__await__") else _Bounded(opened)


async def _later(opening: Any) -> _Bounded:
    return _Bounded(await opening)


def _left(timeout: float | None, passed: type[httpx.TimeoutException]) -> float | None:
    from .deadlines import before_deadline  # noqa: PLC0415  # not before the first request

    return before_deadline(timeout, passed)
