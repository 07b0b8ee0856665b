"""Settings of the work beside the requests."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from steelyard.settings.base import Lower, PlaceSettings
from steelyard.settings.security import NEW_KEY, check_strength


class BackgroundSettings(PlaceSettings):
    """The worker, mails, logs and metrics."""

    embedded_worker: bool | None = None
    """Whether `steelyard serve` also runs the jobs of the outbox. By default it does with SQLite, but not with PostgreSQL, where
    `steelyard worker` runs them."""
    mail: Annotated[Literal["console", "file"], Lower] = "console"
    """How mails are sent: as lines of the log (`console`, not allowed in production), or as files in STEELYARD_MAIL_FOLDER."""
    mail_folder: Path = Path("mail")
    """Folder for `STEELYARD_MAIL=file`. If it is missing, it is created for its owner only."""
    mail_from: str = Field(default="Steelyard <no-reply@example.com>", max_length=320)
    """Sender of all mails."""
    audit_log: Path | None = None
    """File that gets one line `user: action` for each event of the event log."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lower] = "info"
    """The lowest level that is logged."""
    access_log: bool = True
    """Whether each request is logged as one line, at level info."""
    metrics_token: SecretStr | None = None
    """The bearer token that Prometheus sends to read /metrics, at least 32 bytes. Without this setting, /metrics does not exist."""

    @field_validator("metrics_token")
    @classmethod
    def _token_is_strong(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            value = token.get_secret_value()
            check_strength(value, "it")
            # The characters of a bearer token (RFC 6750, section 2.1).
            if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", value):
                raise ValueError(f"it may only have letters, digits and -._~+/. {NEW_KEY}")
        return token
