"""Keeps a number of worker processes serving, and replaces them when they die or when new code is to be loaded.

* A worker sends a byte when it is ready and one every few seconds from then on. Silent for too long, it is killed.
* A worker that dies is replaced at once. After starts that failed there is a pause, which doubles with each further failure.
* A healthy worker is never stopped because of a failing one. The supervisor ends only when there has been no ready worker for a while.
* SIGHUP replaces the workers one at a time: the new one is ready before the old one leaves.
* SIGTERM and SIGINT stop the workers in order. A second one kills them.
"""

import multiprocessing
import os
import pickle
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

BEAT_INTERVAL_S = 5.0
# On a loaded machine, shorter timeouts would kill workers that are only busy.
START_WITHIN_S = SILENT_FOR_S = 60.0
PAUSE_S, MAX_PAUSE_S = 0.1, 5.0
# `serve` ends if no worker was ready for this time and this many starts in a row have failed.
GIVE_UP_AFTER_S, GIVE_UP_FAILURES = 30.0, 3
# Signals and the end of a worker wake the supervisor at once. This interval is for timeouts.
POLL_INTERVAL_S = 0.25
# How long a worker may finish after its parent was killed. Without a limit it would serve old code forever.
ORPHAN_FOR_S = 0.5

Beat = Callable[[], None]
# A worker runs it until SIGTERM. It calls the heartbeat when it is ready, and then every BEAT_INTERVAL_S.
Target = Callable[[socket.socket, Beat], object]

log = structlog.get_logger()


class NoWorkerReady(Exception):
    """Workers do not start; the message is for the operator."""


@dataclass(slots=True, eq=False)
class Worker:
    """A process and its last heartbeat."""

    process: SpawnProcess
    pulse: Connection
    generation: int
    last_beat_at: float
    is_ready: bool = False
    # When a stopping worker is killed.
    stop_by: float | None = None


class Supervisor:
    """Starts and replaces workers in `run`, until a signal stops it."""

    def __init__(self, target: Target, listener: socket.socket, count: int, *, stop_within_s: float) -> None:
        # The worker unpickles it, because that imports the whole server, and the worker has to watch its parent before that.
        self._target = pickle.dumps(target)
        self._listener = listener
        self._count = count
        self._stop_within_s = stop_within_s
        self._workers: list[Worker] = []
        self._generation = 0
        self._failures = 0
        self._start_at = 0.0
        self._ready_at = time.monotonic()
        self._stopped_by: int | None = None
        self._status = 0

    def run(self) -> int:
        """The exit status. Raises NoWorkerReady if no worker was ready for GIVE_UP_AFTER_S."""
        # Starting it later would unblock SIGINT, which `_start` blocks.
        resource_tracker.ensure_running()
        try:
            with _signals() as inbox:
                while self._stopped_by is None or self._workers:
                    now = time.monotonic()
                    self._kill_overdue(now)
                    if self._stopped_by is None:
                        self._start_missing(now)
                        self._retire_old(now)
                        self._check_hopeless(now)
                    self._wait(inbox)
        finally:
            # In every case, because Python waits for its processes before it exits.
            self._kill_all()
        return self._status

    def _wait(self, inbox: socket.socket) -> None:
        pulses = {worker.pulse: worker for worker in self._workers if not worker.pulse.closed}
        sentinels = {worker.process.sentinel: worker for worker in self._workers}
        for each in wait([inbox, *pulses, *sentinels], POLL_INTERVAL_S):
            if isinstance(each, Connection):
                self._read_heartbeat(pulses[each])
            elif isinstance(each, int):
                self._worker_ended(sentinels[each])
            else:
                for number in inbox.recv(1024):
                    self._handle_signal(number)

    def _read_heartbeat(self, worker: Worker) -> None:
        worker.last_beat_at = time.monotonic()
        if worker.pulse.closed:
            return  # it ended in the same iteration
        if not os.read(worker.pulse.fileno(), 4096):
            worker.pulse.close()
        elif not worker.is_ready:
            worker.is_ready = True
            self._failures = 0
            log.info("worker ready", pid=worker.process.pid)

    def _worker_ended(self, worker: Worker) -> None:
        worker.process.join()
        worker.pulse.close()
        self._workers.remove(worker)
        if worker.stop_by is not None:
            return
        log.error("worker died", pid=worker.process.pid, status=worker.process.exitcode, count=self._failures)
        if not worker.is_ready:
            pause_s = min(PAUSE_S * 2**self._failures, MAX_PAUSE_S)
            self._failures += 1
            self._start_at = time.monotonic() + pause_s

    def _handle_signal(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._generation += 1
        elif self._stopped_by is None:
            self._stopped_by = number
            # While it is open here, new connections would wait for a worker instead of being rejected.
            self._listener.close()
            for worker in self._serving():
                self._stop_worker(worker)
        else:
            self._status = 128 + number
            self._kill_all()

    def _kill_all(self) -> None:
        for worker in self._workers:
            worker.process.kill()

    def _serving(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.stop_by is None]

    def _stop_worker(self, worker: Worker) -> None:
        worker.stop_by = time.monotonic() + self._stop_within_s
        worker.process.terminate()

    def _kill_overdue(self, now: float) -> None:
        for worker in self._workers:
            silent_s = SILENT_FOR_S if worker.is_ready else START_WITHIN_S
            if now > (worker.stop_by if worker.stop_by is not None else worker.last_beat_at + silent_s):
                log.error("worker killed, because it did not respond or stop", pid=worker.process.pid)
                worker.process.kill()

    def _start_missing(self, now: float) -> None:
        if now < self._start_at:
            return
        serving = self._serving()
        is_settled = len(serving) == len(self._workers) and all(worker.is_ready for worker in serving)
        has_old_ones = any(worker.generation != self._generation for worker in serving)
        for _ in range(self._count - len(serving) + (is_settled and has_old_ones)):
            self._start(now)

    def _start(self, now: float) -> None:
        pulse, beat = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=_work, args=(self._target, self._listener, beat))
        # The child keeps the mask: Ctrl-C and a closed terminal signal the whole group, but the supervisor stops the workers.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            beat.close()
        self._workers.append(Worker(process, pulse, self._generation, last_beat_at=now))

    def _retire_old(self, now: float) -> None:
        serving = self._serving()
        if any(worker.is_ready for worker in serving):
            self._ready_at = now
        if len(serving) > self._count and all(worker.is_ready for worker in serving):
            self._stop_worker(min(serving, key=lambda worker: worker.generation))

    def _check_hopeless(self, now: float) -> None:
        if now - self._ready_at > GIVE_UP_AFTER_S and self._failures >= GIVE_UP_FAILURES:
            raise NoWorkerReady(
                f"no worker was ready for {GIVE_UP_AFTER_S:g} seconds, and the last {self._failures} starts failed. The log says why."
            )


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that receives the numbers of signals. From now on no signal interrupts this process, not even at its end."""
    inbox, outbox = socket.socketpair()
    with inbox, outbox:
        for end in (inbox, outbox):
            end.setblocking(False)
        signal.set_wakeup_fd(outbox.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        try:
            yield inbox
        finally:
            signal.set_wakeup_fd(-1)


def _work(pickled: bytes, listener: socket.socket, pulse: Connection) -> None:
    end_with_parent()
    target: Target = pickle.loads(pickled)  # noqa: S301  # from the parent
    os.set_blocking(pulse.fileno(), False)

    def beat() -> None:
        with suppress(OSError):  # the supervisor has stopped reading, or is gone
            os.write(pulse.fileno(), b".")

    target(listener, beat)


def end_with_parent() -> None:
    """Stop this process when its parent ends for any reason."""
    threading.Thread(target=_watch_parent, name="parent", daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_FOR_S)
        os._exit(1)
