"""All settings as one frozen object; importing reads nothing.

A field is the variable `STEELYARD_<NAME>` in capitals; lists are comma-separated. docs/settings.md is made from this class and
compared by a test.
"""

from typing import Self

from pydantic import model_validator

from steelyard.settings.background import BackgroundSettings
from steelyard.settings.database import DatabaseSettings
from steelyard.settings.http import DEVELOPMENT_HOSTS, HttpSettings
from steelyard.settings.jobs import JobSettings
from steelyard.settings.login import LoginSettings
from steelyard.settings.marketplace import MarketplaceSettings
from steelyard.settings.security import SecuritySettings
from steelyard.settings.telemetry import TelemetrySettings


# In reverse order: Pydantic collects the fields of the last base first.
class Settings(
    TelemetrySettings,
    BackgroundSettings,
    JobSettings,
    HttpSettings,
    MarketplaceSettings,
    LoginSettings,
    SecuritySettings,
    DatabaseSettings,
):
    """The settings of this process. Tests create them from arguments, `load_settings` also from the environment."""

    @model_validator(mode="after")
    def _mails_have_a_server(self) -> Self:
        if self.mail == "smtp" and self.smtp_url is None:
            raise ValueError("STEELYARD_MAIL is smtp, but STEELYARD_SMTP_URL is not set. Set it to the mail server")
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment == "production" and (reasons := self.unsafe_in_production()):
            raise ValueError(
                f"not safe in production: {'; '.join(reasons)}. Correct that, or set STEELYARD_ENVIRONMENT=development on your machine"
            )
        return self

    def unsafe_in_production(self) -> list[str]:
        """What of these settings would stop a start in production."""
        unsafe = {
            "STEELYARD_SECRET_KEYS is not set": "secret_keys" not in self.model_fields_set,
            "STEELYARD_DEBUG is on": self.debug,
            "STEELYARD_PAYMENTS is sandbox": self.payments == "sandbox",
            "STEELYARD_TRUSTED_HOSTS is not set": not self.trusted_hosts or self.trusted_hosts == DEVELOPMENT_HOSTS,
            "STEELYARD_TRUSTED_HOSTS contains `*`": "*" in self.trusted_hosts,
            "STEELYARD_MAIL is console, which logs whole mails (set it to smtp or file)": self.mail == "console",
            "STEELYARD_MAIL_FROM is not set": self.mail == "smtp" and "mail_from" not in self.model_fields_set,
        }
        unsafe |= {f"{name} has an http address": True for name in self.insecure_login_addresses}
        return [reason for reason, applies in unsafe.items() if applies]

    @property
    def runs_worker(self) -> bool:
        """Whether `steelyard serve` runs a worker in its own process."""
        return self.is_embedded if self.embedded_worker is None else self.embedded_worker
