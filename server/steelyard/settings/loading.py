"""Everything that can be set from outside, as one frozen object; nothing is read on import.

A field is the variable `STEELYARD_<NAME>` in capitals; lists are comma-separated. environment.py reads them. docs/settings.md is made
from this class and compared by a test.
"""

import re
import secrets
from collections import Counter
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from steelyard.settings.database_urls import canonical, is_sqlite

PREFIX = "STEELYARD_"
# RFC 7518 (3.2): a key for HS256 has at least the 256 bits of its hash.
SECRET_BYTES = 32
# Keys that stand in tutorials and in our own documentation: known to everybody, whatever their length.
KNOWN_SECRETS = ("change-me", "changeme", "your-secret-key", "secret-key", "development", "example", "replace-me")
DEVELOPMENT_ORIGINS = (
    *(f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")),
    "https://myapp.example.com",
)
DEVELOPMENT_HOSTS = ("localhost", "127.0.0.1", "[::1]", "myapp.example.com")


NEW_KEY = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'


class SettingsError(Exception):
    """What is set cannot be used; the text says which variable, why and what to do."""


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _check_strength(secret: str, what: str) -> None:
    if len(secret.encode()) < SECRET_BYTES:
        raise ValueError(f"{what} is shorter than {SECRET_BYTES} bytes. {NEW_KEY}")
    if len(set(secret)) < 10 or any(known in secret.lower() for known in KNOWN_SECRETS):
        raise ValueError(f"{what} is a known default or repeats itself. {NEW_KEY}")


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _without_last_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


def _origins(data: dict[str, Any]) -> tuple[str, ...]:
    return DEVELOPMENT_ORIGINS if data.get("environment") == "development" else ()


def _hosts(data: dict[str, Any]) -> tuple[str, ...]:
    return DEVELOPMENT_HOSTS if data.get("environment") == "development" else ()


def _referee(data: dict[str, Any]) -> Literal["enforce", "observe"]:
    return "enforce" if data.get("environment") == "development" else "observe"


def _random_keys() -> tuple[SecretStr, ...]:
    return (SecretStr(secrets.token_urlsafe(SECRET_BYTES)),)


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_words)]
# Words of a fixed choice, in capitals or not.
Lower = BeforeValidator(_lower)
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """What this process runs with. Tests build it from arguments, `load` from the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    environment: Annotated[Literal["development", "production"], Lower] = "development"
    """What kind of place this is. In production whatever is handy but unsafe stops the start."""
    debug: bool = False
    """More words in the log. Refused in production."""

    database_url: Annotated[str, AfterValidator(canonical)] = Field(default="sqlite:///steelyard.db", max_length=2048, repr=False)
    """`postgresql://user:password@host:port/name`, with several hosts and `?sslmode=` if need be; or `sqlite:///` and a path: relative, or
    absolute with a fourth slash."""
    pool_size: int = Field(default=20, ge=1, le=1000)
    """Connections to PostgreSQL that one process keeps."""
    pool_overflow: int = Field(default=10, ge=0, le=1000)
    """Connections beyond STEELYARD_POOL_SIZE that may be opened under load and are closed afterwards."""
    pool_waiting: int = Field(default=200, ge=0, le=10_000)
    """Requests of one process that may wait for a connection; the next one is answered 503 at once."""
    pool_acquire_timeout_s: Seconds = 2
    """Seconds a request waits for a connection before it is answered 503."""
    pool_recycle_s: int = Field(default=3600, ge=60, le=86_400)
    """Seconds after which a connection is replaced."""
    database_connect_timeout_s: Seconds = 2
    """Seconds that opening a connection may take."""
    database_command_timeout_s: Seconds = 3
    """Seconds that this side waits for a statement."""
    database_statement_timeout_s: Seconds = 5
    """Seconds after which PostgreSQL itself stops a statement."""
    database_lock_timeout_s: Seconds = 2
    """Seconds that a statement waits for a lock."""
    database_idle_transaction_timeout_s: Seconds = 10
    """Seconds after which PostgreSQL ends a transaction whose process went silent."""
    database_shared_reads: bool = True
    """Whether reads of items that many callers ask for at the same time are one statement to PostgreSQL."""
    database_prepared: bool = True
    """Whether statements are prepared by name. Off behind a PgBouncer that does not keep prepared statements."""
    database_startup_parameters: bool = True
    """Whether timeouts travel as start-up parameters of a connection. Off behind a PgBouncer, which refuses them; the role carries them
    then (`ALTER ROLE ... SET statement_timeout`)."""
    sqlite_readers: int = Field(default=4, ge=1, le=64)
    """Reading connections to an SQLite file; there is always one writer."""
    sqlite_busy_timeout_s: Seconds = 5
    """Seconds that SQLite waits for another process's write."""

    secret_keys: Secrets = Field(default_factory=_random_keys, max_length=10)
    """Keys that sign access tokens and cursors, at least 32 bytes each. The first signs, all verify: put a new one in front to rotate.
    Without it each start makes a random one (`steelyard serve` keeps it in `steelyard.key` beside an SQLite file)."""
    access_token_lifetime_s: int = Field(default=1800, ge=60, le=86_400)
    """Seconds that an access token is good for."""
    refresh_token_lifetime_s: int = Field(default=2_592_000, ge=3600, le=7_776_000)
    """Seconds that an unused refresh token is good for: 30 days."""
    session_lifetime_s: int = Field(default=7_776_000, ge=3600, le=31_536_000)
    """Seconds after which a session ends however often it was renewed: 90 days."""
    hashing_threads: int = Field(default=2, ge=1, le=64)
    """Threads that hash passwords; more than the machine has cores bring nothing."""
    hashing_waiting: int = Field(default=32, ge=1, le=10_000)
    """Logins of one process that may wait for a hashing thread; the next one is answered 503 at once."""

    currency: Annotated[str, BeforeValidator(_upper)] = "USD"
    """The one currency of the marketplace, ISO 4217. Amounts are integers in its minor unit."""
    tax_rate_bps: int = Field(default=0, ge=0, le=10_000)
    """Tax on top of each line, in hundredths of a per cent."""
    payments: Annotated[Literal["manual", "sandbox"], Lower] = "manual"
    """Who settles payments: the seller records them, or the built-in sandbox plays a provider. The sandbox is refused in production."""
    reservation_seconds: int = Field(default=604_800, ge=60, le=2_592_000)
    """Seconds that an unpaid order keeps its stock: 7 days."""

    rate_limits: bool = True
    """Whether requests are limited at all."""
    rate_limits_file: Path | None = None
    """File of 14 MB in which the processes of one machine count together. `steelyard serve` makes one for its workers; several servers
    on one machine share their limits by naming the same file. Each machine grants the limits anew."""
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
    """Mails per hour that one account can be made to receive."""
    login_failures: int = Field(default=10, ge=1, le=1_000_000)
    """Failed logins from one network within STEELYARD_LOGIN_WINDOW_S, and of one account from there; then 429, for the right password,
    too."""
    login_window_s: int = Field(default=300, ge=1, le=86_400)
    """Seconds over which failed logins are counted, and the longest delay of an account that many networks guess at."""

    cors_origins: Words = Field(default_factory=_origins, max_length=100)
    """Origins whose pages may call this API, exactly as a browser sends them; `http://localhost:*` is any port of your own machine.
    In production none unless named."""
    trusted_hosts: Words = Field(default_factory=_hosts, max_length=100)
    """Host names that this server answers to, without port. In production they must be named; `*` is refused there."""
    root_path: Annotated[str, BeforeValidator(_without_last_slash)] = Field(default="", max_length=100)
    """Path under which a proxy serves this API, such as /api: it stands in front of `servers`, Location and Link. The proxy may leave it in
    requests or take it away."""
    trusted_proxies: Words = Field(default=(), max_length=100)
    """Addresses or networks whose X-Forwarded-* and X-Request-ID headers are believed."""

    head_timeout_s: Seconds = 10
    """Seconds in which a request's head must have arrived."""
    max_head_bytes: int = Field(default=32_768, ge=1024, le=1_048_576)
    """Bytes of a request's head."""
    max_head_fields: int = Field(default=100, ge=10, le=10_000)
    """Header fields of a request."""
    max_url_bytes: int = Field(default=8192, ge=256, le=65_536)
    """Bytes of a request's path and query."""
    body_timeout_s: Seconds = 15
    """Seconds in which a request's body must have arrived."""
    write_timeout_s: Seconds = 30
    """Seconds in which a client has to take 64 KiB of a response that waits for it, or the rest; then its connection is aborted."""
    max_connections_per_network: int = Field(default=256, ge=1, le=1_000_000)
    """Connections that one process keeps with one client address, or one /64 of IPv6; further ones are closed. Those of trusted_proxies
    do not count."""
    operation_timeout_s: Seconds = 4
    """Seconds that one request may take in all: credentials, waiting for a connection, statements, retries and commit. The time that its
    sender takes for the body does not count. Then it is given up, and the response is 503."""
    drain_s: float = Field(default=0, ge=0, le=300)
    """Seconds for which a stopping process still accepts connections while /health already says 503: a balancer turns away first."""
    stop_timeout_s: Seconds = 15
    """Seconds that requests in flight have to finish once the process stops."""

    response_validation: Annotated[Literal["enforce", "observe", "off"], Lower] = Field(default_factory=_referee)
    """What happens to an answer that the contract does not promise: refused as 500, counted, or not looked at. Unset: observe in
    production, else enforce."""
    response_validation_sample: int = Field(default=100, ge=1, le=1_000_000)
    """With observe: of each operation and status, the first answer and then one in so many is looked at."""
    docs: bool = True
    """Whether /docs, /redoc and /problems are served."""

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

    @field_validator("secret_keys")
    @classmethod
    def _keys_are_strong(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        values = [key.get_secret_value() for key in keys]
        if not values:
            raise ValueError(f"there is no key in it. {NEW_KEY}")
        for value in values:
            _check_strength(value, "a key")
        if max(Counter(values).values(), default=0) > 1:
            raise ValueError("a key is listed twice. Name each once, the one that signs first")
        return keys

    @field_validator("metrics_token")
    @classmethod
    def _token_is_strong(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            value = token.get_secret_value()
            _check_strength(value, "it")
            # RFC 6750 (2.1): what else a bearer token could be, no header carries.
            if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", value):
                raise ValueError(f"it may hold letters, digits and -._~+/ only. {NEW_KEY}")
        return token

    @field_validator("currency")
    @classmethod
    def _currency_is_a_code(cls, currency: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValueError("a currency is its three letters in ISO 4217, such as EUR")
        return currency

    @field_validator("root_path")
    @classmethod
    def _root_path_begins_with_a_slash(cls, path: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", path):
            raise ValueError("it is a path alone, which begins with a slash, such as /api")
        return path

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in origins:
            raise ValueError("`*` would let every page act with its visitor's credentials. Name each origin")
        for origin in origins:
            if not origin.startswith(("http://", "https://")) or "/" in origin.split("://", 1)[1]:
                raise ValueError("an origin is scheme, host and port, such as https://shop.example.com, without a path")
            if "*" in origin and not re.fullmatch(r"https?://(localhost|127\.0\.0\.1|\[::1\]):\*", origin):
                raise ValueError("`*` stands for any port of localhost, 127.0.0.1 or [::1] only. Name each other origin")
        return origins

    @field_validator("trusted_hosts")
    @classmethod
    def _hosts_are_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if host != "*" and not re.fullmatch(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", host):
                raise ValueError(f"a host is a name alone, such as shop.example.com or [::1]: no scheme, port or path, as in `{host}`")
        return hosts

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(f"a proxy is an address or a network, such as 10.0.0.0/8, and not `{proxy}`") from None
        return proxies

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
    def is_embedded(self) -> bool:
        """Whether the data is one SQLite file beside the process, which then migrates itself."""
        return is_sqlite(self.database_url)

    @property
    def runs_worker(self) -> bool:
        """Whether `steelyard serve` runs a worker inside."""
        return self.is_embedded if self.embedded_worker is None else self.embedded_worker
