"""`steelyard demo`: its folder, its data and its greeting."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from steelyard.cli.database import check_schema, database_errors
from steelyard.cli.files import make_folder, temporary_folder, with_own_key
from steelyard.cli.serve import Host, Port, run_server
from steelyard.settings import Settings, load_settings


def demo(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Annotated[Path | None, typer.Option(help="Folder for the data. Without it, the data is deleted at the end.")] = None,
    items: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Fill a new marketplace up to so many items; the catalogue has about 240.")
    ] = 0,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="Do not limit the rate of requests.")] = False,
) -> None:
    """Serve a marketplace with data and logins, on SQLite."""
    if data is not None:
        make_folder(data, "--data")
        settings = _settings(data, no_limits=no_limits)
        run_server(settings, host=host, port=port, greeting=_greeting(data, is_new=asyncio.run(_create_market(settings, items))))
        return
    with temporary_folder("demo", "keep the marketplace in a folder with --data") as folder:
        settings = _settings(folder, no_limits=no_limits)
        greeting = _greeting(folder, is_new=asyncio.run(_create_market(settings, items)))
        run_server(settings, host=host, port=port, greeting=greeting)


def _settings(folder: Path, *, no_limits: bool) -> Settings:
    """A development server with everything in one folder."""
    return with_own_key(
        load_settings(
            environment="development",
            database_url=f"sqlite:///{(folder / 'steelyard.db').resolve()}",
            rate_limits=not no_limits,
            # A test run fails to log in far more often than the login throttle allows.
            **({"login_failures": 1_000_000} if no_limits else {}),
            access_log=False,
            log_level="warning",
            mail="file",
            mail_folder=folder / "mail",
        )
    )


async def _create_market(settings: Settings, items: int) -> bool:
    """Create and fill the database if the folder has none; whether it did."""
    from steelyard.db.database import Database
    from steelyard.db.migrations import commands
    from steelyard.demo.clock import DemoClock
    from steelyard.demo.seed import seed
    from steelyard.security.passwords import PasswordHasher
    from steelyard.sources import wall_clock

    with database_errors(settings):
        if await commands.current(settings.database_url) is not None:
            await check_schema(settings)
            return False
        await commands.migrate(settings.database_url)
        clock = DemoClock(wall_clock())
        database = Database.of(settings, clock=clock)
        passwords = PasswordHasher(threads=settings.hashing_threads)
        await database.open()
        try:
            if items:
                with typer.progressbar(length=items, label=f"Creating {items} items", file=sys.stderr) as progress:
                    await seed(database, settings, passwords, clock, item_count=items, on_items=progress.update)
            else:
                await seed(database, settings, passwords, clock)
        finally:
            await database.close()
            passwords.close()
    return True


def _greeting(folder: Path, *, is_new: bool) -> str:
    """The text at the start, with `{url}` for the address."""
    from steelyard.demo.people import LOGINS, PASSWORD

    width = max(len(login.email) for login in LOGINS)
    return "\n".join(
        [
            f"A marketplace {'with a fresh catalogue' if is_new else 'as you left it'}, in {folder}.",
            "",
            "  Try it        {url}/docs",
            "  Read it       {url}/redoc",
            "  The contract  {url}/openapi.json",
            "  Items         {url}/items",
            "",
            f"  Logins, all with the password: {PASSWORD}",
            *(f"    {login.email:{width}}  {login.good_for}" for login in LOGINS),
            "",
            "  Ctrl-C stops.",
        ]
    )
