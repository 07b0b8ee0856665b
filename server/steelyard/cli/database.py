"""`steelyard migrate`, and the checks of the database that other commands begin with."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from steelyard.cli.errors import CommandError
from steelyard.settings import Settings, load_settings
from steelyard.settings.database_urls import address

if TYPE_CHECKING:
    from steelyard.db.database import Database
    from steelyard.db.options import DatabaseOptions


def migrate(
    *,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL for PostgreSQL instead of running it.")] = False,
) -> None:
    """Bring the database to the newest schema. Safe to repeat, and to run on several machines at once."""
    from steelyard.db.migrations import commands

    if sql:
        typer.echo(commands.script(), nl=False)
        return
    settings = load_settings()
    with database_errors(settings):
        pending = commands.pending(asyncio.run(commands.current(settings.database_url)))
        asyncio.run(commands.migrate(settings.database_url))
    typer.echo(f"The schema is at revision {commands.head()}; {len(pending)} applied.")


async def check_schema(settings: Settings) -> None:
    """Migrate an SQLite file. Raise CommandError if PostgreSQL has another schema than this version: requests would fail on it."""
    from steelyard.db.migrations import commands

    with database_errors(settings):
        current = await commands.current(settings.database_url)
        if current == commands.head():
            return
        pending = commands.pending(current)
        if pending and settings.is_embedded:
            await commands.migrate(settings.database_url)
            return
    if not pending:
        raise CommandError(
            f"the database is at revision {current}, which is newer than this version. Install the version that migrated it."
        )
    raise CommandError(f"the database is {len(pending)} revision(s) behind ({', '.join(pending)}). Run `steelyard migrate` first.")


async def check_connection(settings: Settings) -> None:
    """Connect as the server does. A pooler may reject its start-up parameters, and workers would take that for an outage."""
    async with open_database(settings):
        pass


@asynccontextmanager
async def open_database(
    settings: Settings, options: "DatabaseOptions | None" = None, *, patient: bool = False
) -> "AsyncIterator[Database]":
    """The database, open until the block ends. With `patient`, also if PostgreSQL is away."""
    from steelyard.db.database import Database

    database = Database.of(settings, options=options)
    with database_errors(settings):
        await database.open(patient=patient)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def database_errors(settings: Settings) -> Iterator[None]:
    """Replace an error of the database with a CommandError that states its reason, without a password."""
    from steelyard.db.errors import DatabaseError
    from steelyard.db.opening import why_unusable
    from steelyard.db.postgres.errors import CONNECT_ERRORS

    try:
        yield
    except (DatabaseError, *CONNECT_ERRORS) as error:
        raise CommandError(f"the database {address(settings.database_url)} {why_unusable(error)}.") from error
