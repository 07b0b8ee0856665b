"""The database of a run: schema, seed, tokens for its sessions, and the statements before, between and after the loads."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from steelyard.db.migrations.commands import migrate
from steelyard.security.access_tokens import AccessTokens
from steelyard.sources import Sources
from steelyard_contract.policy import ALL_SCOPES, SCOPES_OF
from tests.kit.servers.postgresql import Server

T = TypeVar("T")
HERE = Path(__file__).parent
BUYERS = 10_000
# Generators of load choose among so many.
ITEMS = 100_000
# Enough for the comparison of responses.
FEW_ITEMS = 1000


class Market:
    """A PostgreSQL server with durable commits, and the one market in it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.url = server.url
        assert server.process is not None
        self.pid: int = server.process.pid

    def beside(self, name: str) -> "Market":
        """Another one on the same server, in a new database of this name."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        other = Market(self._server)
        other.url = f"{self.url.rpartition('/')[0]}/{name}"
        return other

    def seed(self, items: int = ITEMS, others: int = 0) -> None:
        """Migrate the empty database and fill it, if so with many other users, who have sessions and orders."""
        _run(migrate(self.url))
        for name in ("seed.sql", "growth.sql") if others else ("seed.sql",):
            self.execute((HERE / name).read_text().replace(":items", str(items)).replace(":others", str(others)))
        self.tidy()

    def tidy(self) -> None:
        """No round pays for the dead rows of the one before: autovacuum is off."""
        self.execute("VACUUM ANALYZE")

    def cancel_orders(self) -> None:
        """All buyers may order again."""
        self.execute((HERE / "release.sql").read_text())

    def release(self) -> None:
        """The same, before a load."""
        self.cancel_orders()
        self.tidy()

    def version(self) -> str:
        return str(_run(self._value("SHOW server_version")))

    def balance(self) -> dict[str, int]:
        """What integrity.sql finds."""
        return _run(self._row((HERE / "integrity.sql").read_text()))

    def execute(self, script: str) -> None:
        """Run these statements."""
        _run(self._do(script))

    async def _do(self, script: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def _value(self, query: str) -> Any:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def _row(self, query: str) -> dict[str, int]:
        connection = await asyncpg.connect(self.url)
        try:
            return dict(await connection.fetchrow(query))
        finally:
            await connection.close()


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def write_tokens(secret: str, file: Path) -> None:
    """One token a line, that of each buyer; the seed gave each a session with the buyer's own id."""
    sources = Sources()
    tokens = AccessTokens([secret], clock=sources.clock, random_bytes=sources.random_bytes, known_scopes=ALL_SCOPES)
    with file.open("w") as lines:
        for buyer in range(1, BUYERS + 1):
            token = tokens.issue(user_id=buyer, credential_id=buyer, scopes=SCOPES_OF["user"], lifetime_s=tokens.lifetime_s)
            lines.write(token + "\n")
