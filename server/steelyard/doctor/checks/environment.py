"""Whether the settings are those of production."""

from collections.abc import Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, warn


def offline(machine: Machine) -> Iterator[Result]:
    if machine.is_production:
        yield ok("environment", "STEELYARD_ENVIRONMENT is production, and the settings are safe there.")
        return
    unsafe = machine.settings.unsafe_in_production()
    more = f" Correct these, too: {'; '.join(unsafe)}." if unsafe else ""
    yield warn("environment", f"STEELYARD_ENVIRONMENT is development, which allows unsafe settings. For users, set it to production.{more}")
