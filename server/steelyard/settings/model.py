"""Everything that can be set from outside, as one frozen object; nothing is read on import.

A field is the variable `STEELYARD_<NAME>` in capitals; lists are comma-separated. docs/settings.md is made from this class and
compared by a test.
"""

from typing import Self

from pydantic import model_validator

from steelyard.settings.background import BackgroundSettings
from steelyard.settings.database import DatabaseSettings
from steelyard.settings.http import HttpSettings
from steelyard.settings.marketplace import MarketplaceSettings
from steelyard.settings.security import SecuritySettings


# In reverse order of the documentation: Pydantic takes the fields of the last base first.
class Settings(BackgroundSettings, HttpSettings, MarketplaceSettings, SecuritySettings, DatabaseSettings):
    """What this process runs with. Tests build it from arguments, `load_settings` also from the environment."""

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment == "production":
            unsafe = {
                "STEELYARD_SECRET_KEYS is not set": "secret_keys" not in self.model_fields_set,
                "STEELYARD_DEBUG is on": self.debug,
                "STEELYARD_PAYMENTS is sandbox": self.payments == "sandbox",
                "STEELYARD_TRUSTED_HOSTS is not set": not self.trusted_hosts,
                "STEELYARD_TRUSTED_HOSTS holds `*`": "*" in self.trusted_hosts,
                "STEELYARD_MAIL is console, which prints whole mails into the log (set it to file)": self.mail == "console",
            }
            if found := [what for what, holds in unsafe.items() if holds]:
                raise ValueError(
                    f"not safe in production: {'; '.join(found)}. Set what is missing, or STEELYARD_ENVIRONMENT=development on your machine"
                )
        return self

    @property
    def runs_worker(self) -> bool:
        """Whether `steelyard serve` runs a worker inside."""
        return self.is_embedded if self.embedded_worker is None else self.embedded_worker
