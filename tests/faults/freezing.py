"""Freezes a database server."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.kit.servers.postgresql import Server


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop every process of the database server. Connections stay open, but get no response."""
    assert server.process is not None
    parent = psutil.Process(server.process.pid)
    # The parent first, so that it starts no backend in the meantime.
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
