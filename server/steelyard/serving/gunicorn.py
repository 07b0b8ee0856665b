"""gunicorn's worker class: `gunicorn -k steelyard.serving.gunicorn.Worker steelyard.asgi:create_app`.

gunicorn's master imports this module and keeps it over a SIGHUP, after which its workers are to run new code. So only a worker imports the
server, and this module imports nothing at its top that an update is likely to change.
"""

import atexit
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker as BaseWorker

from steelyard.serving import temporary_folders

if TYPE_CHECKING:
    from steelyard.serving.process import Server

# The worker sends a heartbeat every 5 seconds; gunicorn kills one that sends none for its timeout.
MIN_TIMEOUT_S = 15
# For the exit status of a worker that failed later, gunicorn starts another one. This status ends gunicorn, with its healthy workers.
FAILED_AT_START: int = Arbiter.WORKER_BOOT_ERROR
FAILED_LATER = 1


class Worker(BaseWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves as a worker of `steelyard serve` does: with its bounds, limits, metrics and stop."""

    limits: ClassVar[Path]
    metrics: ClassVar[Path]
    has_started = False

    @classmethod
    def check_config(cls, cfg: Any, _log: object) -> None:
        """Called once by the master, before it starts workers. gunicorn prints the message of a RuntimeError and ends."""
        if cfg.is_ssl:
            raise RuntimeError("this worker does not speak TLS, which ends at the proxy in front of it. Leave out the certificate.")
        if 0 < cfg.timeout < MIN_TIMEOUT_S:
            raise RuntimeError(f"with --timeout {cfg.timeout}, gunicorn would kill healthy workers. Set {MIN_TIMEOUT_S} or more.")
        memory = Path("/dev/shm")  # noqa: S108  # a folder of random name in it
        kept = ExitStack()
        try:
            cls.limits = kept.enter_context(temporary_folders.folder("steelyard-limits-", memory if os.access(memory, os.W_OK) else None))
            cls.metrics = kept.enter_context(temporary_folders.folder("steelyard-metrics-"))
        except OSError as error:
            where = tempfile.gettempdir()
            raise RuntimeError(
                f"there is no temporary folder in {where}: {error.strerror}. Set TMPDIR to one with write access."
            ) from error
        master = os.getpid()
        # Workers are forked, so they run this, too.
        atexit.register(lambda: kept.close() if os.getpid() == master else None)

    def init_signals(self) -> None:
        """The server handles SIGTERM and SIGINT. Until it runs, they end the process, which serves nothing yet."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        # A closed terminal signals the whole group, but only the master replaces workers.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, self.handle_usr1)
        signal.siginterrupt(signal.SIGUSR1, False)

    def run(self) -> None:
        is_first = self.age <= self.cfg.workers
        try:
            self._serve(is_first=is_first)
        except (Exception, SystemExit) as error:
            if isinstance(error, SystemExit) and isinstance(error.code, str):
                sys.stderr.write(f"{error.code}\n")
            elif not isinstance(error, SystemExit):
                self.log.exception("The worker failed")
            sys.exit(FAILED_AT_START if is_first and not self.has_started else FAILED_LATER)

    def _serve(self, *, is_first: bool) -> None:
        from steelyard.serving.application import Application, Group  # noqa: PLC0415  # the module's docstring says why
        from steelyard.serving.config import ServerConfig  # noqa: PLC0415
        from steelyard.serving.process import LEAVE_WITHIN_S, Server, freeze  # noqa: PLC0415

        if isinstance(self.wsgi, Application):
            raise SystemExit("steelyard: leave out the parentheses behind steelyard.asgi:create_app, because each worker calls it.")
        application = self.wsgi(Group(self.limits, self.metrics, self.cfg.workers, is_first))
        settings = application.settings
        stop_within_s = settings.drain_s + settings.stop_timeout_s + LEAVE_WITHIN_S
        if self.cfg.graceful_timeout < stop_within_s:
            raise SystemExit(
                f"steelyard: gunicorn would kill workers that still stop in order. Set --graceful-timeout to {stop_within_s:g} or more, "
                "or lower STEELYARD_DRAIN_S or STEELYARD_STOP_TIMEOUT_S."
            )
        freeze()
        server = Server(ServerConfig(lambda: application, settings), beat=lambda: self._beat(server), is_supervised=True)
        # gunicorn's quick stop: no drain, but running requests are completed.
        signal.signal(signal.SIGQUIT, lambda *_: server.handle_exit(signal.SIGINT, None))
        # The sockets themselves: their wrappers log an error when uvicorn closes them first.
        server.run(sockets=[each.sock for each in self.sockets])

    def _beat(self, server: "Server") -> None:
        """Called when the server has started, and then every few seconds."""
        self.has_started = True
        self.notify()
        is_orphan = os.getppid() != self.ppid
        if is_orphan or server.server_state.total_requests >= self.max_requests:
            server.handle_exit(signal.SIGTERM, None)
