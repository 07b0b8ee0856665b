"""`steelyard serve`, which runs until a signal stops it."""

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steelyard.cli.database import check_connection, check_schema
from steelyard.cli.errors import CommandError
from steelyard.cli.files import check_job_files, check_rate_limits_file, temporary_folder, with_own_key
from steelyard.settings import Settings, load_settings

if TYPE_CHECKING:
    from steelyard.serving.application import Application

# prometheus_client reads it when it is imported.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# No machine needs more. A larger number is a mistake, such as a port.
MAX_WORKERS = 256
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104  # compared, not bound


def _without_brackets(host: str) -> str:
    """Accept an IPv6 address as in a URL, and no empty text, which would mean every address."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare.strip():
        raise typer.BadParameter("it is empty. Leave it out, or write 0.0.0.0 for every address of this machine.")
    return bare


Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.", callback=_without_brackets)]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.", min=0, max=65_535)]


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int | None, typer.Option(help="Processes; by default one per core, or one with SQLite.", min=1, max=MAX_WORKERS)
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Restart when the code changes; not in production.")] = False,
) -> None:
    """Serve the API. An SQLite file is migrated first; PostgreSQL has to be migrated already."""
    settings = with_own_key(load_settings())
    if reload and settings.environment == "production":
        raise CommandError("--reload is for development, and STEELYARD_ENVIRONMENT is production. Leave one of them out.")
    if reload and workers not in {None, 1}:
        raise CommandError("--reload serves with one process. Leave out --workers, or --reload.")
    count = 1 if reload else workers or (1 if settings.is_embedded else os.cpu_count() or 1)
    check_settings(settings, count)
    asyncio.run(check_schema(settings))
    asyncio.run(check_connection(settings))
    run_server(settings, host=host, port=port, workers=count, reload=reload)


def check_settings(settings: Settings, workers: int) -> None:
    """The checks of a server with so many processes that need no other process. Raises CommandError."""
    from steelyard.doctor.examination import examine_offline
    from steelyard.doctor.machine import Machine

    if settings.runs_worker:
        check_job_files(settings)
    check_rate_limits_file(settings)
    results = examine_offline(Machine(settings=settings, variables=os.environ, workers=workers))
    if reasons := [f"{each.check}: {each.message}" for each in results if each.level == "refuse"]:
        raise CommandError("\n  ".join(("this server does not start:", *reasons)))


def application(settings: Settings) -> "Application":
    """The application and its log, as each serving process builds them."""
    from steelyard.app.application import create_app
    from steelyard.features.system.health import HealthCheck
    from steelyard.serving.application import Application
    from steelyard.telemetry import logs

    logs.configure("debug" if settings.debug else settings.log_level)
    app = create_app(settings)
    return Application(app, settings, app.shared(HealthCheck).drain)


def run_server(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    reload: bool = False,
    greeting: str = "",
) -> None:
    """Listen, print the greeting with `{url}` filled in, or the address alone, and serve until a signal stops it."""
    from steelyard.contract.errors import ContractError
    from steelyard.serving import process
    from steelyard.serving.supervisor import NoWorkerReady
    from steelyard.telemetry import logs

    in_url = f"[{host}]" if ":" in host else host
    # Requests to the address that the operator typed must pass the check of Host.
    if settings.environment == "development":
        own = "*" if host in ALL_ADDRESSES else in_url
        settings = settings.model_copy(update={"trusted_hosts": tuple(dict.fromkeys((*settings.trusted_hosts, own)))})
    listener = _listen(host, port)
    url = f"http://{'localhost' if host in {*ALL_ADDRESSES, '127.0.0.1'} else in_url}:{listener.getsockname()[1]}"
    if greeting:
        typer.echo(greeting.replace("{url}", url))
        sys.stdout.flush()
    else:
        # Every line on standard output is JSON, because it is the log.
        typer.echo(f"Serving {url} ({url}/docs to try it). Ctrl-C stops.", err=True)
    logs.configure("debug" if settings.debug else settings.log_level)
    try:
        with listener, _shared_metrics(settings, workers), _shared_limits(settings, workers) as settings:
            status = process.serve(settings, application, listener, workers=workers, reload=reload)
    except (ContractError, NoWorkerReady) as error:
        raise CommandError(str(error)) from error
    if status:
        sys.exit(status)


def _listen(host: str, port: int) -> socket.socket:
    from steelyard.serving import process

    try:
        return process.listen(host, port)
    except OSError as error:
        wrong = "--host" if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL else "--port"
        first = "Stop what is using it, or choose" if error.errno == errno.EADDRINUSE else "Choose"
        raise CommandError(f"cannot listen on {host}, port {port}: {error.strerror}. {first} another with {wrong}.") from error
    except UnicodeError as error:
        raise CommandError(f"{host} is not a host name. Choose another with --host.") from error


@contextmanager
def _shared_metrics(settings: Settings, workers: int) -> Iterator[None]:
    """Several workers count into one folder, new with every start, so that each can report the metrics of all."""
    os.environ.pop(METRICS_FOLDER, None)
    if settings.metrics_token is None or workers == 1:
        yield
        return
    with temporary_folder("metrics", "leave out STEELYARD_METRICS_TOKEN") as folder:
        os.environ[METRICS_FOLDER] = str(folder)
        yield
        del os.environ[METRICS_FOLDER]


@contextmanager
def _shared_limits(settings: Settings, workers: int) -> Iterator[Settings]:
    """Several workers count requests in one file, new with every start, in memory where possible; the settings that name it."""
    if workers == 1 or not settings.rate_limits or settings.rate_limits_file is not None:
        yield settings
        return
    memory = Path("/dev/shm")  # noqa: S108  # a folder of random name in it
    parent = memory if os.access(memory, os.W_OK) else None
    with temporary_folder("limits", "name a file in STEELYARD_RATE_LIMITS_FILE", parent) as folder:
        yield settings.model_copy(update={"rate_limits_file": folder / "counts"})
