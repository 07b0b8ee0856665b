"""Commands whose output is closed or that the user interrupts: real processes, pipes and signals."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATHS = os.pathsep.join(path for path in sys.path if path)
PRINTING = (("openapi",), ("openapi", "--yaml"), ("migrate", "--sql"), ("--help",))


def started(*arguments: str, folder: Path, stdout: int) -> "subprocess.Popen[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STEELYARD_")} | {"PYTHONPATH": PATHS}
    command = (sys.executable, "-m", "steelyard", *arguments)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=default_interrupt,  # noqa: PLW1509  # one signal call, and no thread of this process is in it
    )


def default_interrupt() -> None:
    """Restore SIGINT. A shell makes its background jobs ignore it, and their children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def cpu_s(process: "subprocess.Popen[bytes]") -> float:
    """The processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_closed_pipe_is_no_error(arguments: tuple[str, ...], tmp_path: Path) -> None:
    there, here = os.pipe()
    os.close(there)
    with started(*arguments, folder=tmp_path, stdout=here) as process:
        os.close(here)
        _, err = process.communicate(timeout=60)

    assert err == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_output_that_cannot_be_written_is_reported(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full, started(*arguments, folder=tmp_path, stdout=full.fileno()) as process:
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (1, b"steelyard: the output cannot be written: No space left on device.\n")


@pytest.mark.parametrize(
    "arguments", [("migrate",), ("worker",), ("serve", "--port", "0"), ("demo", "--port", "0")], ids=lambda each: each[0]
)
def test_an_interrupted_start_leaves_no_traceback(arguments: tuple[str, ...], tmp_path: Path) -> None:
    for share in (0.3, 0.6, 0.9):
        with started(*arguments, folder=tmp_path, stdout=subprocess.DEVNULL) as process:
            # Processor time measures the progress of a start, however fast the machine is.
            # A start that needs less time reaches its wait, and is interrupted there.
            until_s = time.monotonic() + 20
            while cpu_s(process) < share and process.poll() is None and time.monotonic() < until_s:
                select.select([], [], [], 0.005)
            process.send_signal(signal.SIGINT)
            try:
                _, err = process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                # The end of the block waits for the process, for ever if the signal is lost.
                process.kill()
                raise

        assert b"Traceback" not in err, (share, err.decode())
