"""The command line. Settings are read here, once, and passed on; an error says what happened, why, and what to do now."""

import asyncio
import errno
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from starlette.types import ASGIApp

from steelyard.cli.preparation import (
    CommandError,
    check_connection,
    check_places_for_jobs,
    check_rate_limits_file,
    check_schema,
    make_folder,
    opened,
    reached,
    with_own_key,
)
from steelyard.serving import temporary_folders
from steelyard.settings import Settings, SettingsError
from steelyard.settings.environment import load_settings

COUNTS = "PROMETHEUS_MULTIPROC_DIR"

# Modules that only one command needs are imported there: `steelyard openapi` must not wait for a database driver.

cli = typer.Typer(
    name="steelyard",
    help="A marketplace back end that is compiled from its contract.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
admin = typer.Typer(help="Look after accounts from the machine itself.", no_args_is_help=True)
cli.add_typer(admin, name="admin")


def _without_brackets(host: str) -> str:
    """An IPv6 address is also accepted as it stands in a URL. An empty text would stand for every address."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare.strip():
        raise typer.BadParameter("it is empty. Leave it out, or write 0.0.0.0 for every address of this machine.")
    return bare


# More than any machine serves with; a port number, for example, is a slip.
MAX_WORKERS = 256

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.", callback=_without_brackets)]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.", min=0, max=65_535)]


def main() -> None:
    """What the installed `steelyard` runs. Whatever happens, its last words are a sentence."""
    try:
        cli()
    except (CommandError, SettingsError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(_refused_by_system(error))
    except Exception as error:
        if os.environ.get("STEELYARD_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        _fail(
            f"this is a fault of the program, {type(error).__name__} in {place.name} ({Path(place.filename).name}, line {place.lineno}). "
            "Please report it; with STEELYARD_DEBUG=1 it shows more."
        )
    finally:
        _flush()


def _fail(reason: str) -> NoReturn:
    typer.echo(f"steelyard: {reason}", err=True)
    sys.exit(1)


def _flush() -> None:
    """Print the rest here: at its end, the interpreter would complain about a reader that is gone, as in `steelyard openapi | head`."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if error.errno != errno.EPIPE:
            _fail(_refused_by_system(error))


def _refused_by_system(error: OSError) -> str:
    what = f"{error.filename} cannot be used" if error.filename else "the output cannot be written"
    return f"{what}: {error.strerror or type(error).__name__}."


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from steelyard.contract.document import Document

        typer.echo(f"steelyard {version('steelyard')}, contract {Document.load().version}")
        raise typer.Exit


@cli.callback()
def _options(
    *,
    _version: Annotated[bool, typer.Option("--version", help="Show the version and stop.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """A marketplace back end that is compiled from its contract."""


@cli.command()
def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int | None, typer.Option(help="Processes; one per core unless the data is an SQLite file.", min=1, max=MAX_WORKERS)
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when the code changes; not in production.")] = False,
) -> None:
    """Serve the API. An SQLite file is brought to the newest schema first; PostgreSQL must be there already."""
    settings = with_own_key(load_settings())
    if reload and settings.environment == "production":
        raise CommandError("--reload is for development, and STEELYARD_ENVIRONMENT is production. Leave one of them out.")
    if reload and workers not in {None, 1}:
        raise CommandError("--reload serves with one process. Leave out --workers, or --reload.")
    count = 1 if reload else workers or (1 if settings.is_embedded else os.cpu_count() or 1)
    if settings.runs_worker:
        check_places_for_jobs(settings)
    check_rate_limits_file(settings)
    _run(check_schema(settings))
    _run(check_connection(settings))
    _serve(settings, host=host, port=port, workers=count, reload=reload)


@cli.command()
def worker() -> None:
    """Work off the outbox: mails and whatever else happens after a commit."""
    settings = with_own_key(load_settings())
    check_places_for_jobs(settings)
    _run(check_schema(settings))
    _run(_work(settings))


@cli.command()
def migrate(
    *,
    sql: Annotated[bool, typer.Option("--sql", help="Print what would be sent to PostgreSQL instead of sending it.")] = False,
) -> None:
    """Bring the database to the newest schema. Safe to run again, and at the same time elsewhere."""
    from steelyard.db.migrations import commands

    if sql:
        typer.echo(commands.script(), nl=False)
        return
    settings = load_settings()
    pending = _run(reached(commands.pending(settings.database_url), settings))
    _run(reached(commands.migrate(settings.database_url), settings))
    typer.echo(f"The schema is at revision {commands.head()}; {len(pending)} applied.")


@admin.command()
def create(
    *,
    email: Annotated[str, typer.Option(help="What the new admin logs in with.")],
    name: Annotated[str, typer.Option(help="The new admin's name.")],
) -> None:
    """Register somebody with the role admin. The password is asked for, or read from standard input."""
    settings = load_settings()
    _run(check_schema(settings))
    try:
        if sys.stdin.isatty():
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\n")
    except UnicodeDecodeError as error:
        raise CommandError(f"the password is no text in {error.encoding}. Type it, or send it encoded so.") from None
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
        make_folder(data, "--data")
        _demonstrate(data, host=host, port=port, no_limits=no_limits)
        return
    _end_at_sigterm()
    with _temporary_folder("demo", "keep the marketplace in a folder of yours with --data") as folder:
        tidy = partial(shutil.rmtree, folder, ignore_errors=True)
        _demonstrate(folder, host=host, port=port, no_limits=no_limits, tidy=tidy)


@cli.command()
def openapi(
    *,
    yaml: Annotated[bool, typer.Option("--yaml", help="As YAML.")] = False,
) -> None:
    """Print the contract that this version serves, byte for byte."""
    from steelyard.contract.document import Document
    from steelyard.web_pages.contract import to_yaml

    raw = Document.load().raw
    sys.stdout.buffer.write(to_yaml(raw) if yaml else raw)


def application(settings: Settings) -> ASGIApp:
    """What each serving process builds: the application and its log."""
    from steelyard.app.application import create_app
    from steelyard.features.system.health import HealthCheck
    from steelyard.serving.process import Application
    from steelyard.telemetry import logs

    logs.configure("debug" if settings.debug else settings.log_level)
    app = create_app(settings)
    return Application(app, app.shared(HealthCheck).drain)


def _end_at_sigterm() -> None:
    """Until the server takes the signal over, it must not skip the removal of temporary folders.

    As the first process of a container, this one would even ignore it.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    reload: bool = False,
    greeting: str = "",
    tidy: Callable[[], object] | None = None,
) -> None:
    from steelyard.contract.binder import ContractError
    from steelyard.serving import process
    from steelyard.serving.supervisor import NoWorkerReady
    from steelyard.telemetry import logs

    _end_at_sigterm()
    in_url = f"[{host}]" if ":" in host else host
    # Whoever starts it under a name wants to be answered under it.
    if settings.environment == "development":
        own = "*" if host in {"0.0.0.0", "::"} else in_url  # noqa: S104  # compared, not bound
        settings = settings.model_copy(update={"trusted_hosts": tuple(dict.fromkeys((*settings.trusted_hosts, own)))})
    try:
        listener = process.listen(host, port)
    except OSError as error:
        wrong = "--host" if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL else "--port"
        first = "Stop what is using it, or choose" if error.errno == errno.EADDRINUSE else "Choose"
        raise CommandError(f"cannot listen on {host}, port {port}: {error.strerror}. {first} another with {wrong}.") from error
    except UnicodeError as error:
        raise CommandError(f"{host} is no host name. Choose another with --host.") from error
    bound = listener.getsockname()[1]
    url = f"http://{'localhost' if host in {'0.0.0.0', '::', '127.0.0.1'} else in_url}:{bound}"  # noqa: S104  # shown, not bound
    if greeting:
        typer.echo(greeting.replace("{url}", url))
        sys.stdout.flush()
    else:
        # On standard output every line is JSON, for whatever collects the log.
        typer.echo(f"Serving {url} ({url}/docs to try it). Ctrl-C stops.", err=True)
    logs.configure("debug" if settings.debug else settings.log_level)
    try:
        with listener, _counts(settings, workers), _limits(settings, workers) as settings:
            status = process.serve(settings, application, listener, workers=workers, reload=reload, tidy=tidy or process.nothing)
    except (ContractError, NoWorkerReady) as error:
        raise CommandError(str(error)) from error
    if status:
        sys.exit(status)


@contextmanager
def _counts(settings: Settings, workers: int) -> Iterator[None]:
    """Where workers count together, so that each can tell of all: a folder that is new with every start, known to prometheus_client."""
    os.environ.pop(COUNTS, None)
    if settings.metrics_token is None or workers == 1:
        yield
        return
    with _temporary_folder("metrics", "leave out STEELYARD_METRICS_TOKEN") as folder:
        os.environ[COUNTS] = str(folder)
        yield
        del os.environ[COUNTS]


@contextmanager
def _limits(settings: Settings, workers: int) -> Iterator[Settings]:
    """The settings of workers, which count requests together in a file that is new with every start, in memory where possible."""
    if workers == 1 or not settings.rate_limits or settings.rate_limits_file is not None:
        yield settings
        return
    memory = Path("/dev/shm")  # noqa: S108  # a folder of random name in it
    room = memory if os.access(memory, os.W_OK) else None
    with _temporary_folder("limits", "name a file in STEELYARD_RATE_LIMITS_FILE", room) as folder:
        yield settings.model_copy(update={"rate_limits_file": folder / "counts"})


@contextmanager
def _temporary_folder(use: str, instead: str, room: Path | None = None) -> Iterator[Path]:
    with ExitStack() as kept:
        try:
            folder = kept.enter_context(temporary_folders.folder(f"steelyard-{use}-", room))
        except OSError as error:
            raise CommandError(
                f"there is no temporary folder for {use}: {error.strerror}. Name one that can be written in TMPDIR, or {instead}."
            ) from error
        yield folder


def _demonstrate(folder: Path, *, host: str, port: int, no_limits: bool, tidy: Callable[[], object] | None = None) -> None:
    from steelyard.cli import demo

    settings = demo.settings_of(folder, no_limits=no_limits)
    fresh = _run(demo.has_made_a_market(settings))
    _serve(settings, host=host, port=port, greeting=demo.greeting(folder, fresh=fresh), tidy=tidy)


async def _appoint(settings: Settings, *, email: str, name: str, password: str) -> int:
    from steelyard.db.errors import ConstraintViolated
    from steelyard.features.users import service as users
    from steelyard.security.passwords import PasswordHasher
    from steelyard_contract.problems import Problem, ValidationFailed

    async with opened(settings) as database:
        passwords = PasswordHasher()
        try:
            async with database.transaction() as tx:
                person = await users.create_admin(tx, name=name, email=email, password=password, passwords=passwords)
        except ValidationError as error:
            told = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors(include_input=False, include_url=False))
            raise CommandError(f"no account was made, because the contract refuses it. {told}.") from None
        except ValidationFailed as error:
            raise CommandError(f"no account was made: {_reason(error)}. Choose another password.") from None
        except (ConstraintViolated, Problem) as error:
            raise CommandError(f"no account was made: {email} is registered already. Choose another address.") from error
        finally:
            passwords.close()
    return person.user.id


def _reason(error: Any) -> str:
    return "; ".join(str(each.msg) for each in error.members["errors"])


async def _work(settings: Settings) -> None:
    from steelyard.app.worker import create_worker
    from steelyard.sources import Sources
    from steelyard.telemetry import logs

    logs.configure("debug" if settings.debug else settings.log_level)
    async with opened(settings) as database:
        claiming = create_worker(settings, database, Sources())
        loop = asyncio.get_running_loop()

        def stop() -> None:
            claiming.stop()
            # The second signal ends the process at once.
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        typer.echo("Working off the outbox. Ctrl-C stops.", err=True)
        await claiming.run()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)
