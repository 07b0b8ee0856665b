"""Whether an operator can see what happens, and what happened."""

from collections.abc import Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, warn


def offline(machine: Machine) -> Iterator[Result]:
    settings = machine.settings
    if not settings.access_log:
        yield warn("access_log", "No request is logged. Leave out STEELYARD_ACCESS_LOG=false.")
    elif settings.log_level in {"warning", "error"}:
        yield warn("access_log", f"No request is logged, because STEELYARD_LOG_LEVEL is {settings.log_level}. Set it to info.")
    else:
        yield ok("access_log", "Each request is a line of the log.")
    if settings.metrics_token is None:
        yield warn("metrics", "There is no /metrics, so that no alert can fire. Set STEELYARD_METRICS_TOKEN.")
    else:
        yield ok("metrics", "/metrics is there for Prometheus, behind a token.")
    # No program can see a backup that is somewhere else, and can be restored.
    yield warn("backups", "Only a backup that was restored once is a backup: do that, and put the next date into a calendar.")
