"""The demo as a command: where its market is kept, what fills it, and the page of text that greets."""

from pathlib import Path

from steelyard.cli.preparation import check_schema, reached, with_own_key
from steelyard.db.database import Database
from steelyard.db.migrations import commands
from steelyard.demo.seed import LOGINS, PASSWORD, DemoClock, seed
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard.settings.environment import load_settings
from steelyard.sources import wall_clock


def settings_of(folder: Path, *, no_limits: bool) -> Settings:
    """A development server with everything in one folder."""
    return with_own_key(
        load_settings(
            environment="development",
            database_url=f"sqlite:///{(folder / 'steelyard.db').resolve()}",
            rate_limits=not no_limits,
            # A test run logs in wrongly far more often than anybody who guesses is allowed to.
            **({"login_failures": 1_000_000} if no_limits else {}),
            access_log=False,
            log_level="warning",
            mail="file",
            mail_folder=folder / "mail",
        )
    )


async def has_made_a_market(settings: Settings) -> bool:
    """Whether there was none before."""
    if await reached(commands.current(settings.database_url), settings) is not None:
        await check_schema(settings)
        return False
    await reached(commands.migrate(settings.database_url), settings)
    calendar = DemoClock(wall_clock())
    database = Database.of(settings, clock=calendar)
    passwords = PasswordHasher(threads=settings.hashing_threads)
    await reached(database.open(), settings)
    try:
        await reached(seed(database, settings, passwords, calendar), settings)
    finally:
        await database.close()
        passwords.close()
    return True


def greeting(folder: Path, *, fresh: bool) -> str:
    """What is printed at the start, with `{url}` where the address goes."""
    width = max(len(login.email) for login in LOGINS)
    return "\n".join(
        [
            f"A marketplace {'with a fresh catalogue' if fresh else 'as you left it'}, in {folder}.",
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
