"""The database of an application, whichever it is: open it, read, transact."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.engine import URL, make_url

from steelyard.db.limits import Limits
from steelyard.db.postgres import Postgres
from steelyard.db.sqlite import Sqlite
from steelyard.db.work import Listener, ReadOnly, Transaction
from steelyard.sources import wall_clock


class Database:
    """PostgreSQL or SQLite, by URL: `postgresql://...`, `sqlite:///file`."""

    def __init__(self, url: str, *, clock: Callable[[], datetime] = wall_clock, limits: Limits | None = None) -> None:
        self.url = url
        self._backend = _backend(make_url(url), limits or Limits())
        self.dialect = self._backend.dialect
        self._clock = clock
        self._listeners: list[Listener] = []

    async def open(self, *, patient: bool = False) -> None:
        """Connect, or raise OutOfReach. A patient caller takes a PostgreSQL that is away for one that comes back, as it is later on."""
        await self._backend.open(patient=patient)

    async def close(self) -> None:
        await self._backend.close()

    def on_change(self, listener: Listener) -> None:
        """After each commit from here, and before its answer, tell what it changed. It must not fail."""
        self._listeners.append(listener)

    def read(self) -> ReadOnly:
        """To look: every read is a statement of its own and takes no connection in between."""
        return ReadOnly(self.dialect, self._backend, self._clock)

    def transaction(self, origin: UUID | None = None) -> Transaction:
        """To change: nothing is asked of the database before the first verb. `origin` is the request that caused it.

        Used with `async with` it commits at the end and rolls back on an error.
        """
        return Transaction(self.dialect, self._backend.transaction(), self._clock, origin, self._listeners)

    def gauges(self) -> dict[str, int]:
        """Connections that are open, idle and busy, callers that wait, and connections lost so far."""
        return self._backend.gauges()

    async def define(self, ddl: Sequence[str]) -> None:
        """Run definitions (tables, indexes); `schema.py` is the only caller."""
        await self._backend.define(ddl)


def _backend(url: URL, limits: Limits) -> Postgres | Sqlite:
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return Postgres(url.set(drivername="postgresql").render_as_string(hide_password=False), limits)
    if url.get_backend_name() == "sqlite":
        if url.database in {None, "", ":memory:"}:
            raise ValueError("a database in memory has one connection and no other sees it: name a file, sqlite:///steelyard.db")
        return Sqlite(str(url.database), limits)
    raise ValueError(f"{url.get_backend_name()} is neither postgresql nor sqlite")
