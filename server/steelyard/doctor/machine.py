"""What is checked: the settings, and the process that they came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from steelyard.doctor.results import Result
from steelyard.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine whose `workers` processes serve with these settings, which were read from `variables` and files."""

    settings: Settings
    variables: Mapping[str, str]
    workers: int

    @property
    def is_production(self) -> bool:
        return self.settings.environment == "production"

    def unsafe(self, check: str, message: str) -> Result:
        """`refuse` in production. In development, a warning: the server starts."""
        return Result(check, "refuse" if self.is_production else "warn", message)
