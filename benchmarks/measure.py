"""Reads processor time and memory of processes from /proc, and describes the machine."""

import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def session_cpu_s(session: int) -> float:
    """Processor time of all processes of a session, including system time."""
    return sum(int(fields[11]) + int(fields[12]) for _, fields in _processes() if int(fields[3]) == session) / TICKS_PER_S


def session_memory(session: int) -> tuple[float, int]:
    """Memory of a session in MB, and its number of processes. Memory that processes share is divided among them."""
    rollups = [(PROC / pid / "smaps_rollup").read_text() for pid, fields in _processes() if int(fields[3]) == session]
    kilobytes = [int(match[1]) for text in rollups if (match := re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE))]
    return sum(kilobytes) / 1024, len(kilobytes)


def family_cpu_s(parent: int) -> float:
    """Processor time of a process and its children, including those that have ended: for PostgreSQL."""
    ticks = 0
    for pid, fields in _processes():
        if int(pid) == parent:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == parent:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S


def _processes() -> Iterator[tuple[str, list[str]]]:
    """Pid, and the fields of its stat, from the state on (the third field in proc(5))."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                yield entry.name, (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile


def busy() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def facts() -> dict[str, object]:
    """The machine that a result belongs to."""
    model = re.search(r"^model name\s*: (.*)", (PROC / "cpuinfo").read_text(), re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }
