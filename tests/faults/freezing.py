"""Databases that stand still."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.kit.servers.databases import Server


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Every process of the database server stands still: connections stay open, and nobody answers on any of them."""
    assert server.process is not None
    parent = psutil.Process(server.process.pid)
    # The parent first, so that no backend is born while the others are stopped.
    stopped = [parent.pid]
    os.kill(parent.pid, signal.SIGSTOP)
    try:
        for backend in parent.children(recursive=True):
            with suppress(ProcessLookupError):
                os.kill(backend.pid, signal.SIGSTOP)
                stopped.append(backend.pid)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
