"""What PostgreSQL grants the role of the settings, and how it is set up: facts for an operator, not for requests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from steelyard.db.errors import NotOpened
from steelyard.db.opening import no_connection, why_not_done
from steelyard.db.postgres.errors import CONNECT_ERRORS
from steelyard.settings.database_urls import canonical

WORKER_NAME = "steelyard worker"

# Limits of -1 mean none. Of the start-up parameters of a serving connection none is set, so the timeout is that of the role.
_FACTS = """
SELECT
    role.rolsuper,
    ARRAY(
        SELECT nspname::text FROM pg_namespace
        WHERE nspowner = role.oid AND nspname <> ALL (current_schemas(false)) AND nspname !~ '^pg_'
        ORDER BY nspname
    ),
    current_setting('statement_timeout') = '0',
    current_setting('max_connections')::int,
    role.rolconnlimit,
    base.datconnlimit,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1),
    clock_timestamp()
FROM pg_roles AS role, pg_database AS base
WHERE role.rolname = current_user AND base.datname = current_database()
"""


class Facts(NamedTuple):
    """The role, its limits and the clock, as PostgreSQL reports them. `clock_ahead_s` is positive if that clock is ahead of ours."""

    is_superuser: bool
    other_schemas: list[str]
    has_no_timeout: bool
    max_connections: int
    max_of_role: int
    max_of_database: int
    workers: int
    clock_ahead_s: float


async def inspect(url: str, clock: Callable[[], datetime], *, timeout_s: float) -> Facts:
    """The facts of the database at a URL. Raises NotOpened with the end of a sentence."""
    url = canonical(url)
    try:
        connection = await asyncpg.connect(
            url,
            timeout=timeout_s,
            command_timeout=timeout_s,
            statement_cache_size=0,
            server_settings={"application_name": "steelyard doctor"},
        )
    except CONNECT_ERRORS as error:
        raise NotOpened(no_connection(error, url)) from error
    try:
        # A pooler may give each transaction another connection.
        async with connection.transaction():
            return await _read(connection, clock)
    except CONNECT_ERRORS as error:
        raise NotOpened(why_not_done(error)) from error
    finally:
        connection.terminate()


async def _read(connection: Any, clock: Callable[[], datetime]) -> Facts:
    prepared = await connection.prepare(_FACTS)
    before = clock()
    row = await prepared.fetchrow(WORKER_NAME)
    after = clock()
    *facts, time = row
    return Facts._make([*facts, (time - before).total_seconds() - (after - before).total_seconds() / 2])
