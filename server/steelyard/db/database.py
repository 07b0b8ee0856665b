"""The database of an application: open it, read, begin transactions."""

from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Self
from uuid import UUID

from steelyard.db.fair_pool import WaitTimes
from steelyard.db.options import DatabaseOptions
from steelyard.db.postgres.backend import PostgresBackend
from steelyard.db.sqlite.backend import SqliteBackend
from steelyard.db.traced import TracedExecutor, TracedTransaction
from steelyard.db.transaction import ChangeListener, ReadOnly, Transaction
from steelyard.settings import Settings
from steelyard.settings.database_urls import canonical, is_sqlite, sqlite_path
from steelyard.sources import wall_clock
from steelyard.tracing import current_span


class Database:
    """PostgreSQL or SQLite, by URL: `postgresql://...`, `sqlite:///file`."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime] = wall_clock,
        random_bytes: Callable[[int], bytes] = token_bytes,
        options: DatabaseOptions | None = None,
    ) -> None:
        self.url = canonical(url)
        self._backend = _backend(self.url, options or DatabaseOptions())
        self.dialect = self._backend.dialect
        self._reads = self._backend.reads
        self._clock = clock
        self._random_bytes = random_bytes
        self._listeners: list[ChangeListener] = []

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = wall_clock,
        random_bytes: Callable[[int], bytes] = token_bytes,
        options: DatabaseOptions | None = None,
    ) -> Self:
        """The database of these settings, or with other options than theirs. It is not open yet."""
        return cls(settings.database_url, clock=clock, random_bytes=random_bytes, options=options or DatabaseOptions.of(settings))

    async def open(self, *, patient: bool = False) -> None:
        """Connect, or raise DatabaseUnavailable. With `patient`, it also opens while PostgreSQL is unreachable, and connects later."""
        await self._backend.open(patient=patient)

    async def close(self) -> None:
        await self._backend.close()

    def on_change(self, listener: ChangeListener) -> None:
        """Call this with the changes of each commit of this process, before its response. It must not fail."""
        self._listeners.append(listener)

    def read(self) -> ReadOnly:
        """Single reads. Each is one statement; no connection is held in between."""
        span = current_span.get()
        reads = self._reads if span is None else TracedExecutor(self._reads, span)
        return ReadOnly(self.dialect, reads, self._clock)

    def transaction(self, request_id: UUID | None = None) -> Transaction:
        """A transaction. It begins with its first verb. `request_id` is the request that caused it.

        Used with `async with` it commits at the end and rolls back on an error.
        """
        span, executor = current_span.get(), self._backend.transaction()
        traced = executor if span is None else TracedTransaction(executor, span)
        return Transaction(self.dialect, traced, self._clock, self._random_bytes, request_id, self._listeners)

    @property
    def takes_writes(self) -> bool:
        """False for a minute after a write that failed because the disk is full or the database is read-only."""
        return not self._backend.writing.fails

    def gauges(self) -> dict[str, int]:
        """Connections that are open, idle and busy, callers that wait, and connections lost so far."""
        return self._backend.gauges()

    @property
    def waits(self) -> WaitTimes:
        """How long callers have waited for a connection so far."""
        return self._backend.waits

    async def run_ddl(self, ddl: Sequence[str]) -> None:
        """Run definitions, such as tables and indexes, outside of migrations."""
        await self._backend.run_ddl(ddl)


def _backend(url: str, options: DatabaseOptions) -> PostgresBackend | SqliteBackend:
    return SqliteBackend(sqlite_path(url), options) if is_sqlite(url) else PostgresBackend(url, options)
