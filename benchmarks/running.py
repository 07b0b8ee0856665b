"""A contestant that runs: started on a separate core, ready, and stopped at the end."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.contestants import Contestant
from benchmarks.measure import session_cpu_s
from tests.kit.servers.children import die_with_parent

READY_WITHIN_S = 120
STOPS_WITHIN_S = 10


class Running:
    """A running contestant with a separate port, session and core; stopped at the end of the `with`."""

    def __init__(self, contestant: Contestant, values: Mapping[str, str], cpus: Sequence[int], log: Path) -> None:
        self._log = log
        environment = {name: _filled(value, values) for name, value in contestant.environment.items()}
        # The settings of the user who runs the benchmark are left out.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")}

        def alone() -> None:
            os.sched_setaffinity(0, cpus)
            die_with_parent(signal.SIGTERM)

        self.name = contestant.name
        self.url = f"http://127.0.0.1:{values['port']}"
        began = time.perf_counter()
        with log.open("wb") as lines:
            self.process = subprocess.Popen(
                [_filled(part, values) for part in contestant.command],
                cwd=contestant.folder,
                env=inherited | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=lines,
                start_new_session=True,
                preexec_fn=alone,  # noqa: PLW1509  # two system calls, and no thread of ours holds a lock by then
            )
        try:
            self._await(began)
        except BaseException:
            self.stop()
            raise
        self.ready_s = time.perf_counter() - began
        self.ready_cpu_s = session_cpu_s(self.process.pid)

    def _await(self, began: float) -> None:
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=1) as response:
                    response.read()
                return
            except OSError as error:
                if self.process.poll() is not None or time.perf_counter() - began > READY_WITHIN_S:
                    raise RuntimeError(f"{self.name} did not start: {self.log()}") from error
                time.sleep(0.01)

    def log(self) -> str:
        """The end of what it wrote to stderr."""
        return self._log.read_text()[-2000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sign)
                try:
                    self.process.wait(STOPS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    continue


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
