"""The database: who may read what is sent to it, its schema, its role and its limits, and whether workers run the jobs."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from steelyard.db.errors import DatabaseError
from steelyard.db.opening import why_unusable
from steelyard.db.postgres.errors import CONNECT_ERRORS
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse, warn
from steelyard.private_files import may_write
from steelyard.settings import Settings
from steelyard.settings.database_urls import address, is_remote, sqlite_path, sslmode

_MAX_CLOCK_DIFFERENCE_S = 1
# For administrators, backups and monitoring.
_OTHER_CONNECTIONS = 10
_MIGRATE = 1


def offline(machine: Machine) -> Iterator[Result]:
    settings = machine.settings
    if settings.is_embedded:
        return
    mode = sslmode(settings.database_url) or machine.variables.get("PGSSLMODE") or "prefer"
    if not is_remote(settings.database_url) or mode == "verify-full":
        yield ok("database_tls", "No other machine can read or change what is sent to the database.")
    else:
        yield warn(
            "database_tls",
            f"With sslmode={mode}, a machine on the way to the database can pretend to be it. Add ?sslmode=verify-full to "
            "STEELYARD_DATABASE_URL, and sslrootcert= for a private authority.",
        )


async def online(machine: Machine) -> AsyncIterator[Result]:
    settings = machine.settings
    place = address(settings.database_url)
    if _is_new_file(settings):
        yield _new_file(Path(sqlite_path(settings.database_url)))
        return
    try:
        schema = await _schema(settings)
        yield schema
        if not settings.is_embedded:
            for result in await _postgresql(machine):
                yield result
        if schema.level == "ok":
            yield await _jobs(settings)
    except (DatabaseError, *CONNECT_ERRORS) as error:
        yield refuse("database", f"The database {place} {why_unusable(error)}.")


def _is_new_file(settings: Settings) -> bool:
    return settings.is_embedded and not Path(sqlite_path(settings.database_url)).exists()


def _new_file(path: Path) -> Result:
    if may_write(path):
        return ok("schema", f"The first start creates {path}.")
    return refuse("database", f"The database {path} cannot be created. Let this user write its folder, or correct STEELYARD_DATABASE_URL.")


async def _schema(settings: Settings) -> Result:
    from steelyard.db.migrations import commands

    current, newest = await commands.current(settings.database_url), commands.head()
    if current == newest:
        return ok("schema", f"The database is at the newest revision, {newest}.")
    if pending := commands.pending(current):
        if settings.is_embedded:
            return warn("schema", f"The file is {len(pending)} revision(s) behind. The next start migrates it: back it up before.")
        return refuse("schema", f"The database is {len(pending)} revision(s) behind ({', '.join(pending)}). Run steelyard migrate.")
    return refuse(
        "schema", f"The database is at revision {current}, which is newer than this version. Install the version that migrated it."
    )


async def _postgresql(machine: Machine) -> list[Result]:
    from steelyard.db.postgres.inspection import inspect
    from steelyard.sources import wall_clock

    settings = machine.settings
    facts = await inspect(settings.database_url, wall_clock, timeout_s=settings.database_connect_timeout_s)
    limits = (facts.max_connections - _OTHER_CONNECTIONS, facts.max_of_role, facts.max_of_database)
    return [
        _role(machine, is_superuser=facts.is_superuser, other_schemas=facts.other_schemas),
        _timeouts(settings, has_no_timeout=facts.has_no_timeout),
        _connections(machine, allowed=min(limit for limit in limits if limit >= 0)),
        _clock(facts.clock_ahead_s),
        *([] if settings.runs_worker else [_workers(facts.workers)]),
    ]


def _role(machine: Machine, *, is_superuser: bool, other_schemas: list[str]) -> Result:
    if is_superuser:
        return machine.unsafe(
            "role", "The role of STEELYARD_DATABASE_URL is a superuser, and can do anything to the whole server. Create one without rights."
        )
    if other_schemas:
        owned = ", ".join(other_schemas)
        return machine.unsafe(
            "role", f"The role of STEELYARD_DATABASE_URL also owns the schema(s) {owned}. Create one for Steelyard alone."
        )
    return ok("role", "The role is no superuser, and owns no other schema.")


def _timeouts(settings: Settings, *, has_no_timeout: bool) -> Result:
    if settings.database_startup_parameters or not has_no_timeout:
        return ok("statement_timeout", "PostgreSQL stops statements that take too long.")
    return warn(
        "statement_timeout",
        "No statement is ever stopped, because start-up parameters are off. Run ALTER ROLE ... SET statement_timeout = '5s'.",
    )


def _connections(machine: Machine, *, allowed: int) -> Result:
    settings = machine.settings
    if not settings.database_startup_parameters:
        return ok("connections", "A pooler shares the connections.")
    # A worker listens for new jobs on one more, also if it runs inside of each server.
    listening = machine.workers if settings.runs_worker else 1
    most = machine.workers * (settings.pool_size + settings.pool_overflow) + listening + _MIGRATE
    most += 0 if settings.runs_worker else settings.worker_pool
    counted = f"The server and a worker on this machine may open {most} connections, and {max(allowed, 0)} are allowed"
    if most <= allowed:
        return ok("connections", f"{counted}. Further machines need as many each.")
    return warn("connections", f"{counted}. Lower STEELYARD_POOL_SIZE, raise max_connections, or use PgBouncer.")


def _clock(ahead_s: float) -> Result:
    if abs(ahead_s) <= _MAX_CLOCK_DIFFERENCE_S:
        return ok("clock", "The clocks of this machine and the database agree.")
    where = "behind" if ahead_s > 0 else "ahead of"
    return warn("clock", f"The clock of this machine is {abs(ahead_s):.1f} s {where} that of the database. Run a time service on both.")


def _workers(count: int) -> Result:
    if count:
        return ok("worker", "A worker is connected.")
    return warn("worker", "No worker is connected, so that no mail is sent. Start steelyard worker. (A pooler may hide it.)")


async def _jobs(settings: Settings) -> Result:
    """Opened as a server opens it: a pooler may reject its start-up parameters."""
    from steelyard.db.database import Database
    from steelyard.jobs import outbox

    database = Database.of(settings)
    await database.open()
    try:
        backlog = await outbox.get_backlog(database.read())
    finally:
        await database.close()
    if backlog.dead:
        return warn("jobs", f"{backlog.dead} job(s) are dead. steelyard jobs list --dead lists them.")
    if backlog.is_degraded:
        return warn("jobs", f"A job has been due for {backlog.lag.total_seconds() / 60:.0f} min. Start a worker, or look into its log.")
    return ok("jobs", "No job is dead or late.")
