"""What a server costs: CPU time and memory of its whole session, read from /proc."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Field 3 of /proc/PID/stat, counted behind the command's name, is the session; 11 and 12 are user and system time (proc(5)).
_SESSION, _USER, _SYSTEM = 3, 11, 12


def cpu_seconds(session: int) -> float:
    """User and system time of all processes of a session so far."""
    return sum(int(fields[_USER]) + int(fields[_SYSTEM]) for _, fields in _stats(session)) / os.sysconf("SC_CLK_TCK")


def memory_mb(session: int) -> float:
    """The session's share of the memory in use (PSS)."""
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii") for pid, _ in _stats(session))
    return sum(int(found[1]) for text in rollups if (found := re.search(r"Pss:\s+(\d+)", text))) / 1024


def _stats(session: int) -> Iterator[tuple[str, list[str]]]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue  # it ended meanwhile
            if int(fields[_SESSION]) == session:
                yield entry, fields
