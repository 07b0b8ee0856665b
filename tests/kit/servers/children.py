"""What the processes need that tests and benchmarks start: a free port, and an end when their parent ends."""

import ctypes
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(number: signal.Signals = signal.SIGQUIT) -> None:
    """Call it in a child process: on Linux, the kernel sends it this signal when the thread that started it has ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
