"""Settings of the worker, mails, logs and metrics."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from steelyard.settings.base import Lower, PlaceSettings
from steelyard.settings.security import NEW_KEY, check_strength


class BackgroundSettings(PlaceSettings):
    """What happens beside the requests."""

    embedded_worker: bool | None = None
    """Whether `steelyard serve` also works off the outbox. Unset: yes with SQLite, no with PostgreSQL (run `steelyard worker`)."""
    mail: Annotated[Literal["console", "file"], Lower] = "console"
    """Where mails go: a line in the log, or one file each in STEELYARD_MAIL_FOLDER. Production refuses the log."""
    mail_folder: Path = Path("mail")
    """Folder for `STEELYARD_MAIL=file`; made if it is missing, for its owner alone."""
    mail_from: str = Field(default="Steelyard <no-reply@example.com>", max_length=320)
    """Sender of the mails."""
    audit_log: Path | None = None
    """File that gets one line `user: action` for each event of the event log; none unless set."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lower] = "info"
    """The least that is logged."""
    access_log: bool = True
    """Whether each request leaves one line, at level info."""
    metrics_token: SecretStr | None = None
    """What Prometheus shows as bearer token to read /metrics, at least 32 bytes. Without it there is no such path."""

    @field_validator("metrics_token")
    @classmethod
    def _token_is_strong(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            value = token.get_secret_value()
            check_strength(value, "it")
            # RFC 6750 (2.1): what else a bearer token could be, no header carries.
            if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", value):
                raise ValueError(f"it may hold letters, digits and -._~+/ only. {NEW_KEY}")
        return token
