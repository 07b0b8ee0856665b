"""`steelyard worker`, which runs until a signal stops it."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from steelyard.cli.database import check_connection, check_schema, open_database
from steelyard.cli.errors import CommandError
from steelyard.cli.files import check_job_files, with_own_key
from steelyard.serving import exiting
from steelyard.settings import Settings, load_settings
from steelyard.settings.jobs import check_queues

if TYPE_CHECKING:
    from steelyard.db.options import DatabaseOptions

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_PAUSE_S = (0.05, 1.0)


def worker(
    *,
    queue: Annotated[
        list[str] | None, typer.Option(help="Run only the jobs of this queue; may be repeated. By default STEELYARD_WORKER_QUEUES.")
    ] = None,
) -> None:
    """Run the jobs of the outbox, such as mails. Any number of workers may run, on any number of machines."""
    from steelyard.app.telemetry import why_not_traced
    from steelyard.telemetry import logs

    settings = with_own_key(load_settings())
    if queue:
        try:
            check_queues(queue)
        except ValueError as error:
            raise CommandError(f"--queue cannot be used: {error}.") from None
        settings = settings.model_copy(update={"worker_queues": tuple(queue)})
    check_job_files(settings)
    if (reason := why_not_traced(settings)) is not None:
        raise CommandError(reason)
    with _listening(settings.worker_listen) as listener:
        asyncio.run(_wait_for_database(settings, listener))
        logs.configure("debug" if settings.debug else settings.log_level)
        asyncio.run(_run_jobs(settings, listener))


async def _wait_for_database(settings: Settings, listener: socket.socket | None) -> None:
    """Return once the database is there and can be used. Raises CommandError if an operator has to correct something.

    /livez is served meanwhile: a restart would not bring the database back.
    """
    pause_s, longest_s = _PAUSE_S
    is_waiting = False
    async with AsyncExitStack() as served:
        while True:
            try:
                await check_schema(settings)
                await check_connection(settings)
            except CommandError as error:
                if not _is_away(error.__cause__, settings.database_url):
                    raise
                if not is_waiting:
                    typer.echo(f"Waiting, because {error}", err=True)
                    await _serve_meanwhile(served, settings, listener)
                is_waiting = True
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, longest_s)


async def _serve_meanwhile(served: AsyncExitStack, settings: Settings, listener: socket.socket | None) -> None:
    from steelyard.app.observed_worker import waiting_worker

    if listener is not None:
        await served.enter_async_context(waiting_worker(settings, listener))


def _is_away(error: BaseException | None, url: str) -> bool:
    from steelyard.db.errors import NotOpened
    from steelyard.db.opening import is_away

    return error is not None and (error.is_away if isinstance(error, NotOpened) else is_away(error, url))


@contextmanager
def _listening(place: str | None) -> Iterator[socket.socket | None]:
    """The socket for the pages of the worker, if there are any."""
    if place is None:
        yield None
        return
    from steelyard.serving.process import listen

    host, _, port = place.rpartition(":")
    try:
        listener = listen(host.strip("[]"), int(port))
    except OSError as error:
        raise CommandError(f"cannot listen on {place}: {error.strerror}. Correct STEELYARD_WORKER_LISTEN.") from error
    with listener:
        yield listener


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _run_jobs(settings: Settings, listener: socket.socket | None) -> None:
    from steelyard.app.observed_worker import observed_worker

    async with open_database(settings, _options(settings), patient=True) as database, observed_worker(settings, database, listener) as jobs:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            jobs.stop()
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
            exiting.exit_at_signals()

        for number in _SIGNALS:
            loop.add_signal_handler(number, stop)
        at = "" if listener is None else f" Observe it at {_url(listener)}."
        typer.echo(f"Running the jobs of the outbox.{at} Ctrl-C stops.", err=True)
        await jobs.run()


def _options(settings: Settings) -> "DatabaseOptions":
    from steelyard.db.options import DatabaseOptions
    from steelyard.db.postgres.inspection import WORKER_NAME

    return replace(DatabaseOptions.of(settings, application_name=WORKER_NAME), pool_size=settings.worker_pool, pool_overflow=0)
