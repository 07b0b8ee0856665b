"""What the processes share, and what the operating system allows them."""

import sys
from collections.abc import Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, warn

# Clients, the database and files of a busy process. Most systems allow 1024 by default.
_OPEN_FILES = 4096


def offline(machine: Machine) -> Iterator[Result]:
    if machine.settings.is_embedded and machine.workers > 1:
        yield machine.unsafe(
            "workers",
            f"{machine.workers} processes would write to one SQLite file, one at a time. Leave out --workers, or use PostgreSQL.",
        )
    else:
        yield ok("workers", f"{machine.workers} process(es) serve.")
    if sys.platform == "win32":
        return
    import resource

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY or allowed >= _OPEN_FILES:
        yield ok("open_files", "A process may have enough open files and connections.")
    else:
        yield warn(
            "open_files",
            f"A process may have only {allowed} files and connections open. Raise that to {_OPEN_FILES}: ulimit -n, or LimitNOFILE.",
        )
