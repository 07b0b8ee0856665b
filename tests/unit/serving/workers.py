"""Workers that behave well or badly, under the supervisor of the product.

`python -m tests.unit.serving.workers BEHAVIOUR FOLDER [NAME=SECONDS ...]` runs two of them, with other constants of the supervisor.
Each worker notes its process id in the folder. A file `broken` there makes every later start fail.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from steelyard.serving import supervisor
from steelyard.telemetry import logs

NOWHERE_S = 60.0


def _wait() -> None:
    signal.sigtimedwait([signal.SIGUSR1], NOWHERE_S)


def willing(beat: supervisor.Beat) -> None:
    beat()
    _wait()


def deaf(beat: supervisor.Beat) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    beat()
    _wait()


def slow(_beat: supervisor.Beat) -> None:
    _wait()


def failing(_beat: supervisor.Beat) -> None:
    raise SystemExit(3)


BEHAVIOURS: dict[str, Callable[[supervisor.Beat], None]] = {each.__name__: each for each in (willing, deaf, slow, failing)}


def work(behaviour: str, folder: Path, _listener: socket.socket, beat: supervisor.Beat) -> None:
    if (folder / "broken").exists():
        failing(beat)
    (folder / f"{time.monotonic_ns()}.pid").write_text(str(os.getpid()))
    BEHAVIOURS[behaviour](beat)


def main(behaviour: str, folder: str, *constants: str) -> int:
    logs.configure("info")
    for name, _, value in (constant.partition("=") for constant in constants):
        setattr(supervisor, name, float(value))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        try:
            return supervisor.Supervisor(partial(work, behaviour, Path(folder)), listener, 2, stop_within_s=0.5).run()
        except supervisor.NoWorkerReady as error:
            sys.stderr.write(str(error))
            return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
