"""The command line. Settings are read here, once, and passed on; an error says what happened, why, and what to do now."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr, ValidationError
from starlette.types import ASGIApp

from steelyard import temporary
from steelyard.settings import SECRET_BYTES, Settings, SettingsRefusedError, load

COUNTS = "PROMETHEUS_MULTIPROC_DIR"

# Modules that only one command needs are imported there: `steelyard openapi` must not wait for a database driver.

cli = typer.Typer(
    name="steelyard",
    help="A marketplace back end that is compiled from its contract.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
admin = typer.Typer(help="Look after accounts from the machine itself.", no_args_is_help=True)
cli.add_typer(admin, name="admin")

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.", min=0, max=65_535)]


class RefusedError(Exception):
    """This command cannot be carried out; the text is all that its user needs to know."""


def main() -> None:
    """What the installed `steelyard` runs."""
    try:
        cli()
    except (RefusedError, SettingsRefusedError) as error:
        typer.echo(f"steelyard: {error}", err=True)
        sys.exit(1)


@cli.command()
def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int | None, typer.Option(help="Processes; one per core unless the data is an SQLite file.", min=1)] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when the code changes; not in production.")] = False,
) -> None:
    """Serve the API. An SQLite file is brought to the newest schema first; PostgreSQL must be there already."""
    settings = _own_key(load())
    if reload and settings.environment == "production":
        raise RefusedError("--reload is for development, and STEELYARD_ENVIRONMENT is production. Leave one of them out.")
    count = 1 if reload else workers or (1 if settings.embedded else os.cpu_count() or 1)
    if "processes" not in settings.model_fields_set:
        settings = settings.model_copy(update={"processes": count})
    _run(_check_schema(settings))
    _serve(settings, host=host, port=port, workers=count, reload=reload)


@cli.command()
def worker() -> None:
    """Work off the outbox: mails and whatever else happens after a commit."""
    settings = _own_key(load())
    _run(_check_schema(settings))
    _run(_work(settings))


@cli.command()
def migrate(
    *,
    sql: Annotated[bool, typer.Option("--sql", help="Print what would be sent to PostgreSQL instead of sending it.")] = False,
) -> None:
    """Bring the database to the newest schema. Safe to run again, and at the same time elsewhere."""
    from steelyard.db import migrations

    if sql:
        typer.echo(migrations.script(), nl=False)
        return
    settings = load()
    pending = _run(_reached(migrations.pending(settings.database_url), settings))
    _run(_reached(migrations.migrate(settings.database_url), settings))
    typer.echo(f"The schema is at revision {migrations.head()}; {len(pending)} applied.")


@admin.command()
def create(
    *,
    email: Annotated[str, typer.Option(help="What the new admin logs in with.")],
    name: Annotated[str, typer.Option(help="The new admin's name.")],
) -> None:
    """Register somebody with the role admin. The password is asked for, or read from standard input."""
    settings = load()
    _run(_check_schema(settings))
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    user_id = _run(_appoint(settings, email=email, name=name, password=password))
    typer.echo(f"{email} is admin now, with the id {user_id}.")


@cli.command()
def demo(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Annotated[Path | None, typer.Option(help="Folder to keep the marketplace in; without it, it is gone afterwards.")] = None,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="Do not limit the rate of requests.")] = False,
) -> None:
    """Serve a seeded marketplace on SQLite, with logins to try everything."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        _show(data, host=host, port=port, no_limits=no_limits)
        return
    # Until the server takes the signal over, it must not skip the removal of the folder.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with temporary.folder("steelyard-demo-") as folder:
        _show(folder, host=host, port=port, no_limits=no_limits, tidy=partial(shutil.rmtree, folder, ignore_errors=True))


@cli.command()
def openapi(
    *,
    yaml: Annotated[bool, typer.Option("--yaml", help="As YAML.")] = False,
) -> None:
    """Print the contract that this version serves, byte for byte."""
    from steelyard.contract.document import Document
    from steelyard.pages.contract import to_yaml

    raw = Document.committed().raw
    sys.stdout.buffer.write(to_yaml(raw) if yaml else raw)


def application(settings: Settings) -> ASGIApp:
    """What each serving process builds: the application and its log."""
    from steelyard.app import create_app
    from steelyard.serving import Application
    from steelyard.system.service import Checkup
    from steelyard.telemetry import logs

    logs.configure("debug" if settings.debug else settings.log_level)
    app = create_app(settings)
    return Application(app, app.resource(Checkup).drain)


def _serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    reload: bool = False,
    greet: Callable[[str], None] | None = None,
    tidy: Callable[[], object] | None = None,
) -> None:
    from steelyard import serving
    from steelyard.contract.binder import ContractError
    from steelyard.supervising import NoWorkerReady

    # Whoever starts it under a name wants to be answered under it.
    if settings.environment == "development":
        own = "*" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104  # compared, not bound
        settings = settings.model_copy(update={"trusted_hosts": tuple(dict.fromkeys((*settings.trusted_hosts, own)))})
    try:
        listener = serving.listen(host, port)
    except OSError as error:
        raise RefusedError(
            f"cannot listen on {host}, port {port}: {error.strerror}. Stop what is using it, or choose another with --port."
        ) from error
    bound = listener.getsockname()[1]
    url = f"http://{'localhost' if host in {'0.0.0.0', '::', '127.0.0.1'} else host}:{bound}"  # noqa: S104  # shown, not bound
    (greet or _greet)(url)
    try:
        with listener, _counts(settings, workers):
            status = serving.serve(settings, application, listener, workers=workers, reload=reload, tidy=tidy or serving.nothing)
    except (ContractError, NoWorkerReady) as error:
        raise RefusedError(str(error)) from error
    if status:
        sys.exit(status)


def _greet(url: str) -> None:
    # On standard output every line is JSON, for whoever collects the log.
    typer.echo(f"Serving {url} ({url}/docs to try it). Ctrl-C stops.", err=True)


@contextmanager
def _counts(settings: Settings, workers: int) -> Iterator[None]:
    """Where workers count together, so that each can tell of all: a folder that is new with every start, known to prometheus_client."""
    os.environ.pop(COUNTS, None)
    if settings.metrics_token is None or workers == 1:
        yield
        return
    with ExitStack() as kept:
        try:
            folder = kept.enter_context(temporary.folder("steelyard-metrics-"))
        except OSError as error:
            raise RefusedError(
                f"workers cannot count together without a temporary folder: {error.strerror}. Name one that can be written in TMPDIR, "
                "or leave out STEELYARD_METRICS_TOKEN."
            ) from error
        os.environ[COUNTS] = str(folder)
        yield
        del os.environ[COUNTS]


def _show(folder: Path, *, host: str, port: int, no_limits: bool, tidy: Callable[[], object] | None = None) -> None:
    from steelyard.demo import LOGINS, PASSWORD

    settings = _own_key(
        load(
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
    fresh = _run(_seed(settings))
    width = max(len(login.email) for login in LOGINS)

    def greet(url: str) -> None:
        lines = [
            f"A marketplace {'with a fresh catalogue' if fresh else 'as you left it'}, in {folder}.",
            "",
            f"  Try it        {url}/docs",
            f"  Read it       {url}/redoc",
            f"  The contract  {url}/openapi.json",
            f"  Items         {url}/items",
            "",
            f"  Logins, all with the password: {PASSWORD}",
            *(f"    {login.email:{width}}  {login.good_for}" for login in LOGINS),
            "",
            "  Ctrl-C stops.",
        ]
        typer.echo("\n".join(lines))
        sys.stdout.flush()

    _serve(settings, host=host, port=port, greet=greet, tidy=tidy)


async def _seed(settings: Settings) -> bool:
    """Whether there was nothing before."""
    from steelyard.db import migrations
    from steelyard.db.database import Database
    from steelyard.demo import Calendar, seed
    from steelyard.security.passwords import Passwords
    from steelyard.sources import wall_clock

    if await migrations.current(settings.database_url) is not None:
        await _check_schema(settings)
        return False
    await migrations.migrate(settings.database_url)
    calendar = Calendar(wall_clock())
    database = Database(settings.database_url, clock=calendar)
    passwords = Passwords(threads=settings.hashing_threads)
    await database.open()
    try:
        await seed(database, settings, passwords, calendar)
    finally:
        await database.close()
        passwords.close()
    return True


async def _appoint(settings: Settings, *, email: str, name: str, password: str) -> int:
    from steelyard.db.errors import ConstraintViolated
    from steelyard.security.passwords import Passwords
    from steelyard.users import service as users
    from steelyard_contract.problems import Problem, ValidationFailed

    async with _opened(settings) as database:
        passwords = Passwords()
        try:
            async with database.transaction() as tx:
                person = await users.appoint(tx, name=name, email=email, password=password, passwords=passwords)
        except ValidationError as error:
            told = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors(include_input=False, include_url=False))
            raise RefusedError(f"no account was made, because the contract refuses it. {told}.") from None
        except ValidationFailed as error:
            raise RefusedError(f"no account was made: {_reason(error)}. Choose another password.") from None
        except (ConstraintViolated, Problem) as error:
            raise RefusedError(f"no account was made: {email} is registered already. Choose another address.") from error
        finally:
            passwords.close()
    return person.user.id


def _reason(error: Any) -> str:
    return "; ".join(str(each.msg) for each in error.members["errors"])


async def _work(settings: Settings) -> None:
    from steelyard.app import create_worker
    from steelyard.sources import Sources
    from steelyard.telemetry import logs

    logs.configure("debug" if settings.debug else settings.log_level)
    async with _opened(settings) as database:
        claiming = create_worker(settings, database, Sources())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, claiming.stop)
        typer.echo("Working off the outbox. Ctrl-C stops.", err=True)
        await claiming.run()


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Any]:
    from steelyard.db.database import Database
    from steelyard.db.errors import OutOfReach

    database = Database(settings.database_url)
    try:
        await database.open()
    except (OutOfReach, OSError) as error:
        raise RefusedError(_away(settings)) from error
    try:
        yield database
    finally:
        await database.close()


async def _check_schema(settings: Settings) -> None:
    """Serving on a schema that this version does not know would fail at the first request, or worse, later."""
    from steelyard.db import migrations

    current = await _reached(migrations.current(settings.database_url), settings)
    if current == migrations.head():
        return
    pending = await _reached(migrations.pending(settings.database_url), settings)
    if not pending:
        raise RefusedError(
            f"the database is at revision {current}, which is newer than this version knows. Install the version that migrated it."
        )
    if settings.embedded:
        await _reached(migrations.migrate(settings.database_url), settings)
        return
    raise RefusedError(f"the database is {len(pending)} revision(s) behind ({', '.join(pending)}). Run `steelyard migrate` first.")


async def _reached(asking: Coroutine[Any, Any, Any], settings: Settings) -> Any:
    from steelyard.db.errors import DatabaseError

    try:
        return await asking
    except (OSError, TimeoutError, DatabaseError) as error:
        raise RefusedError(_away(settings)) from error


def _away(settings: Settings) -> str:
    address = settings.database_url.rsplit("@", 1)[-1]
    return f"the database {address} cannot be reached. Start it, or name another in STEELYARD_DATABASE_URL."


def _own_key(settings: Settings) -> Settings:
    """The key that is kept beside an SQLite file, made at the first start, so that logins outlive a restart."""
    if not settings.embedded or "secret_keys" in settings.model_fields_set:
        return settings
    kept = Path(settings.database_url.removeprefix("sqlite:///")).with_name("steelyard.key")
    with suppress(FileExistsError):
        made = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(settings.secret_keys[0].get_secret_value())
    key = kept.read_text().strip()
    if len(key.encode()) < SECRET_BYTES:
        raise RefusedError(f"{kept} holds no key of {SECRET_BYTES} bytes. Delete it: a new one is made, and everybody logs in again.")
    return settings.model_copy(update={"secret_keys": (SecretStr(key),)})


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)
