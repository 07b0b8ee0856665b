"""Settings of keys, tokens, passwords and limits."""

import secrets
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from steelyard.settings.base import PlaceSettings, Words, split_words
from steelyard.settings.redis_urls import canonical
from steelyard_contract.bounds import MAX_ACCESS_TOKEN_LIFETIME_S

# RFC 7518 (3.2): a key for HS256 has at least the 256 bits of its hash.
SECRET_BYTES = 32
# Keys from tutorials and documentation: public, whatever their length.
KNOWN_SECRETS = ("change-me", "changeme", "your-secret-key", "secret-key", "development", "example", "replace-me")

RATE_CLASSES = ("default", "register", "login", "login-start", "quote", "pay", "import", "mail")

NEW_KEY = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'


def check_strength(secret: str, what: str) -> None:
    """Raise ValueError if the secret is short or well known."""
    if len(secret.encode()) < SECRET_BYTES:
        raise ValueError(f"{what} is shorter than {SECRET_BYTES} bytes. {NEW_KEY}")
    if len(set(secret)) < 10 or any(known in secret.lower() for known in KNOWN_SECRETS):
        raise ValueError(f"{what} is a known default or too regular. {NEW_KEY}")


def _random_keys() -> tuple[SecretStr, ...]:
    return (SecretStr(secrets.token_urlsafe(SECRET_BYTES)),)


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split_words)]


class SecuritySettings(PlaceSettings):
    """Keys, tokens, passwords and limits."""

    secret_keys: Secrets = Field(default_factory=_random_keys, max_length=10)
    """Keys that sign access tokens and cursors, at least 32 bytes each. The first one signs, all verify: to rotate, put a new key in
    front. Without this setting each start uses a random key (`steelyard serve` keeps it in `steelyard.key` beside an SQLite file)."""
    access_token_lifetime_s: int = Field(default=1800, ge=60, le=MAX_ACCESS_TOKEN_LIFETIME_S)
    """Seconds for which an access token is valid."""
    refresh_token_lifetime_s: int = Field(default=2_592_000, ge=3600, le=7_776_000)
    """Seconds for which an unused refresh token is valid: 30 days."""
    session_lifetime_s: int = Field(default=7_776_000, ge=3600, le=31_536_000)
    """Seconds after which a session ends, even if it is refreshed: 90 days."""
    require_verified_email: bool = False
    """Whether users must have verified their e-mail address before they offer items and place orders."""
    hashing_threads: int = Field(default=2, ge=1, le=64)
    """Threads that hash passwords; more threads than cores are useless."""
    hashing_waiting: int = Field(default=32, ge=1, le=10_000)
    """Logins of one process that may wait for a hashing thread; the next one gets a 503 at once."""

    rate_limits: bool = True
    """Whether requests are limited."""
    rate_limits_file: Path | None = None
    """File of 14 MB in which the processes of one machine count together. `steelyard serve` creates one for its workers; several
    servers on one machine share their limits if they name the same file. STEELYARD_REDIS_URL shares limits between machines."""
    redis_url: SecretStr | None = None
    """The Valkey or Redis in which several machines count the requests of STEELYARD_SHARED_CLASSES together:
    `redis://user:password@host:port/database`, `rediss://` for TLS, or `unix://` and the path of a socket. The certificate is checked with
    the system's authorities, or with those in the file that `SSL_CERT_FILE` names. Needs `pip install 'steelyard[valkey]'`."""
    redis_timeout_s: float = Field(default=0.1, gt=0, le=5)
    """Seconds that Valkey has for a decision. After that, and while it is away, each machine counts alone."""
    shared_classes: Words = Field(default=("register", "quote", "pay", "import", "mail", "login-start"), max_length=100)
    """The rate classes that are counted in Valkey, if STEELYARD_REDIS_URL is set. `default` is possible, but costs every request a round
    trip to Valkey."""
    rate_default_per_minute: int = Field(default=300, ge=1, le=1_000_000)
    """Requests per minute of one credential, or of one address without a credential."""
    rate_register_per_minute: int = Field(default=3, ge=1, le=1_000_000)
    """Registrations per minute from one address."""
    rate_quote_per_minute: int = Field(default=60, ge=1, le=1_000_000)
    """Quotes per minute for one address."""
    rate_pay_per_minute: int = Field(default=10, ge=1, le=1_000_000)
    """Payment attempts per minute of one user."""
    rate_import_per_minute: int = Field(default=6, ge=1, le=1_000_000)
    """Imports per minute of one user."""
    rate_mail_per_hour: int = Field(default=3, ge=1, le=1_000_000)
    """Mails per hour that requests can cause to one account."""
    rate_login_start_per_minute: int = Field(default=20, ge=1, le=1_000_000)
    """Logins with third parties that one address may begin per minute."""
    login_failures: int = Field(default=10, ge=1, le=1_000_000)
    """Failed logins that one network has within STEELYARD_LOGIN_WINDOW_S, and one account from that network. Further logins get a 429,
    even with the right password."""
    login_window_s: int = Field(default=300, ge=1, le=86_400)
    """Seconds over which failed logins are counted, and the longest delay of logins to an account that many networks attack."""

    @field_validator("redis_url")
    @classmethod
    def _redis_url_is_readable(cls, url: SecretStr | None) -> SecretStr | None:
        return None if url is None else SecretStr(canonical(url.get_secret_value()))

    @field_validator("shared_classes")
    @classmethod
    def _classes_exist(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        for each in classes:
            if each not in RATE_CLASSES:
                raise ValueError(f"there is no rate class `{each}`. Choose from {', '.join(RATE_CLASSES)}")
        return classes

    @field_validator("secret_keys")
    @classmethod
    def _keys_are_strong(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        values = [key.get_secret_value() for key in keys]
        if not values:
            raise ValueError(f"it contains no key. {NEW_KEY}")
        for value in values:
            check_strength(value, "a key")
        if max(Counter(values).values(), default=0) > 1:
            raise ValueError("a key is listed twice. List each key once, and first the one that signs")
        return keys
