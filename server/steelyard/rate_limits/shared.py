"""Rate limits that several machines share: a store counts for all of them, and each machine by itself while the store is away."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog

from steelyard.rate_limits.memory import Decision, MemoryLimiter, Quota

PROBE_INTERVAL_S = 1.0

log = structlog.get_logger()


class StoreError(Exception):
    """The store did not decide in time, or not at all; its cause says why."""


class Store(Protocol):
    """Counts for several machines, within its timeout."""

    async def take(self, rate_class: str, key: str, quota: Quota) -> Decision:
        """Whether a call passes; it is counted if it does. Raises StoreError."""

    async def probe(self) -> None:
        """Count a call that concerns no client. Raises StoreError if the store would not decide."""

    async def close(self) -> None:
        """Close all connections, whatever state they are in."""


class SharedLimiter:
    """The store decides. This machine decides by its own counts while the store is away, so a limit is never open and never shut."""

    def __init__(self, store: Store, local: MemoryLimiter, classes: frozenset[str], stopwatch: Callable[[], float]) -> None:
        self.classes = classes
        self.is_up = False
        self.latency_ms: int | None = None
        self.decisions: defaultdict[tuple[str, str, bool], int] = defaultdict(int)
        self._store = store
        self._local = local
        self._stopwatch = stopwatch
        self._is_lost = False
        self._doubt = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Probe the store once, and from now on each second, so that its loss is often noticed before a request has to wait for it."""
        await self._probe()
        self._keeper = asyncio.create_task(self._keep_probing())

    async def close(self) -> None:
        """Stop probing and close the connections."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._store.close()

    async def take(self, rate_class: str, key: str) -> Decision:
        """Whether a request passes; it is counted if it does."""
        if self.is_up:
            try:
                decision = await self._store.take(rate_class, key, self._local.quota_of(rate_class))
            except StoreError:
                # No further request waits for it before a probe has succeeded. If this was only a delay, that is now.
                self.is_up = False
                self._doubt.set()
            else:
                self.decisions[rate_class, "shared", decision.allowed] += 1
                if decision.allowed:
                    # If the store is lost within this window, its calls count here, too.
                    self._local.take(rate_class, key, self._stopwatch())
                return decision
        decision = self._local.take(rate_class, key, self._stopwatch())
        self.decisions[rate_class, "local", decision.allowed] += 1
        return decision

    async def _keep_probing(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PROBE_INTERVAL_S):
                    await self._doubt.wait()
            self._doubt.clear()
            await self._probe()

    async def _probe(self) -> None:
        began_s = self._stopwatch()
        try:
            await self._store.probe()
        except StoreError as error:
            self.is_up, self.latency_ms = False, None
            if not self._is_lost:
                self._is_lost = True
                log.warning("cache_lost", exc_info=error)
            return
        self.is_up, self.latency_ms = True, round((self._stopwatch() - began_s) * 1000)
        if self._is_lost:
            self._is_lost = False
            log.info("cache_back")
