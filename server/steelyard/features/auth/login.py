"""The numbers and the shared objects of logins and sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from steelyard.security.access_tokens import AccessTokens
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings


@dataclass(frozen=True, slots=True)
class LoginPolicy:
    """How long sessions last, and how many logins may fail."""

    refresh_token_lifetime: timedelta = timedelta(days=30)
    session_lifetime: timedelta = timedelta(days=90)
    failures: int = 10
    window: timedelta = timedelta(minutes=5)
    # NIST SP 800-63B (5.2.2) lets waits grow up to an hour and spares addresses with an earlier login.
    account_window: timedelta = timedelta(hours=1)
    known_for: timedelta = timedelta(days=30)

    @classmethod
    def of(cls, settings: Settings) -> "LoginPolicy":
        return cls(
            refresh_token_lifetime=timedelta(seconds=settings.refresh_token_lifetime_s),
            session_lifetime=timedelta(seconds=settings.session_lifetime_s),
            failures=settings.login_failures,
            window=timedelta(seconds=settings.login_window_s),
        )


@dataclass(frozen=True, slots=True)
class LoginTools:
    """What a login needs beside the database; one object for the application."""

    passwords: PasswordHasher
    tokens: AccessTokens
    rules: LoginPolicy
    random_bytes: Callable[[int], bytes]
