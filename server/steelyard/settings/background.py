"""Settings of the work beside the requests."""

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator

from steelyard.settings.base import Lower, PlaceSettings
from steelyard.settings.security import NEW_KEY, check_strength
from steelyard.settings.smtp_urls import SmtpServer, smtp_server


def _one_mailbox(value: str | None) -> str | None:
    """The value, if it is one address, with or without a name. A mail with another sender could not be written."""
    if value is None:
        return None
    message = EmailMessage()
    try:
        message["From"] = value
        (group,) = message["From"].groups
        (mailbox,) = group.addresses
        is_sound = bool(mailbox.username and mailbox.domain) and mailbox.addr_spec.isascii() and not group.display_name
    except (ValueError, IndexError):  # the library reads beyond the end of `shop@`
        is_sound = False
    if not is_sound or message["From"].defects:
        raise ValueError("it is not one address. Write shop@example.com, or My shop <shop@example.com>")
    return value


def _link_with_token(value: str | None) -> str | None:
    """The value, if the token is in its fragment, which browsers send to no server, so that no log has it."""
    if value is not None and not re.fullmatch(r"https?://[!-~]+#[!-z|~]*\{token\}[!-z|~]*", value):
        raise ValueError("it is no link with {token} after a #. Write https://shop.example/page#{token}")
    return value


class BackgroundSettings(PlaceSettings):
    """Mails, logs and metrics."""

    mail: Annotated[Literal["console", "file", "smtp"], Lower] = "console"
    """How mails are sent: as lines of the log (`console`, not allowed in production), as files in STEELYARD_MAIL_FOLDER, or by the mail
    server of STEELYARD_SMTP_URL."""
    mail_folder: Path = Path("mail")
    """Folder for `STEELYARD_MAIL=file`. If it is missing, it is created for its owner only."""
    mail_from: Annotated[str, AfterValidator(_one_mailbox)] = Field(default="Steelyard <no-reply@example.com>", max_length=320)
    """Sender of all mails: an address, if necessary with a name in front, as in `My shop <shop@example.com>`."""
    mail_reply_to: Annotated[str | None, AfterValidator(_one_mailbox)] = Field(default=None, max_length=320)
    """Where responses to mails go, if not to the sender."""
    mail_templates: Path | None = None
    """Folder of templates that replace those of the same name in `steelyard/mail/templates`."""
    link_verify: Annotated[str | None, AfterValidator(_link_with_token)] = None
    """The page of your front end that verifies an e-mail address, as in `https://shop.example/verify#{token}`. The page sends the token to
    confirmEmailVerification. Without this setting, the mail has the token as text."""
    link_reset: Annotated[str | None, AfterValidator(_link_with_token)] = None
    """The same for a new password and confirmPasswordReset, as in `https://shop.example/reset#{token}`."""
    mail_at_once: int = Field(default=4, ge=1, le=100)
    """Mails that one worker sends at the same time, and its connections to the mail server."""
    smtp_url: SecretStr | None = None
    """The mail server for `STEELYARD_MAIL=smtp`: `smtps://user:password@host` (TLS, port 465) or `smtp+starttls://user:password@host`
    (port 587). `smtp://` sends in the clear, and only to this machine. Its certificate is checked with the system's authorities, or with
    those in the file that `SSL_CERT_FILE` names."""
    smtp_timeout_s: float = Field(default=10, gt=0, le=60)
    """Seconds that the mail server has for each response. To confirm a mail it has six times as long, because a mail that is not
    confirmed is sent again."""
    audit_log: Path | None = None
    """File that gets one line `user: action` for each event of the event log."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lower] = "info"
    """The lowest level that is logged."""
    access_log: bool = True
    """Whether each request is logged as one line, at level info."""
    metrics_token: SecretStr | None = None
    """The bearer token that Prometheus sends to read /metrics, at least 32 bytes. Without this setting, /metrics does not exist."""

    @property
    def smtp_server(self) -> SmtpServer | None:
        """The server in `smtp_url`."""
        return None if self.smtp_url is None else smtp_server(self.smtp_url.get_secret_value())

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url_is_readable(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            smtp_server(url.get_secret_value())
        return url

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
