"""The library that sends traces."""

from collections.abc import Iterator

from steelyard.app.telemetry import why_not_traced
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse


def offline(machine: Machine) -> Iterator[Result]:
    if machine.settings.otlp_url is None:
        return
    reason = why_not_traced(machine.settings)
    yield ok("traces", "The library for STEELYARD_OTLP_URL is installed.") if reason is None else refuse("traces", reason)
