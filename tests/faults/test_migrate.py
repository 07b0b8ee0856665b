"""Each revision of the schema is applied during reads and writes. No statement fails, and none waits long."""

import asyncio
import time
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from steelyard.db.migrations import commands
from tests.kit.servers.databases import Databases
from tests.kit.servers.postgresql import Server

WRITERS = 4
# docs/reliability.md, R21: a migration that waits for a lock gives up after this time.
WAIT_S = 2

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"


async def write(url: str, migrated: asyncio.Event) -> float:
    """Lock each table in turn, as a writer does. Returns the longest wait."""
    session = await asyncpg.connect(url, statement_cache_size=0)
    tables = [row[0] for row in await session.fetch(TABLES)]
    longest_s = 0.0
    while not migrated.is_set():
        for table in tables:
            began_s = time.monotonic()
            async with session.transaction():
                await session.execute(f'LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE')
                longest_s = max(longest_s, time.monotonic() - began_s)
                await session.fetch(f'SELECT * FROM "{table}" LIMIT 1')  # a name from the catalogue, not an input
    await session.close()
    return longest_s


def revisions(directory: ScriptDirectory) -> list[str]:
    return [each.revision for each in reversed(list(directory.walk_revisions()))]


@pytest.mark.promise("R21")
async def test_no_revision_delays_writers(durable_url: str, durable_server: Server, tmp_path: Path) -> None:
    first, *later = revisions(ScriptDirectory(str(Path(commands.__file__).parent)))
    async with Databases(tmp_path, server=durable_server).empty("postgresql", tmp_path) as url:
        await commands.migrate(url, first)
        for revision in later:
            migrated = asyncio.Event()
            writing = [asyncio.create_task(write(url, migrated)) for _ in range(WRITERS)]
            try:
                await commands.migrate(url, revision)
            finally:
                migrated.set()
                longest_s = max(await asyncio.gather(*writing))
            print(f"{revision}: the longest wait {longest_s:.3f} s")  # noqa: T201  # the figure of docs/reliability.md
            assert longest_s <= WAIT_S

        assert await commands.current(url) == commands.head() == await commands.current(durable_url)
