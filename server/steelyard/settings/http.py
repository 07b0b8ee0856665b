"""Settings of HTTP."""

import re
from ipaddress import ip_network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from steelyard.settings.base import Lower, PlaceSettings, Seconds, Words

DEVELOPMENT_ORIGINS = (
    *(f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")),
    "https://myapp.example.com",
)
DEVELOPMENT_HOSTS = ("localhost", "127.0.0.1", "[::1]", "myapp.example.com")


def _without_last_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


def _origins(data: dict[str, Any]) -> tuple[str, ...]:
    return DEVELOPMENT_ORIGINS if data.get("environment") == "development" else ()


def _hosts(data: dict[str, Any]) -> tuple[str, ...]:
    return DEVELOPMENT_HOSTS if data.get("environment") == "development" else ()


def _validation_mode(data: dict[str, Any]) -> Literal["enforce", "observe"]:
    return "enforce" if data.get("environment") == "development" else "observe"


class HttpSettings(PlaceSettings):
    """Origins, hosts, proxies, bounds and timeouts of requests."""

    cors_origins: Words = Field(default_factory=_origins, max_length=100)
    """Origins whose pages may call this API, exactly as a browser sends them; `http://localhost:*` allows any port of the machine that
    the browser runs on. In production there is no default."""
    trusted_hosts: Words = Field(default_factory=_hosts, max_length=100)
    """Host names that requests may use, without port. Required in production, where `*` is not allowed."""
    root_path: Annotated[str, BeforeValidator(_without_last_slash)] = Field(default="", max_length=100)
    """Path under which a proxy serves this API, such as /api. `servers`, Location and Link begin with it. The proxy may keep it in the
    requests that it forwards, or remove it."""
    trusted_proxies: Words = Field(default=(), max_length=100)
    """Addresses or networks of proxies, whose X-Forwarded-* and X-Request-ID headers are used."""

    head_timeout_s: Seconds = 10
    """Seconds within which the head of a request must arrive."""
    max_head_bytes: int = Field(default=32_768, ge=1024, le=1_048_576)
    """Bytes that the head of a request may have."""
    max_head_fields: int = Field(default=100, ge=10, le=10_000)
    """Header fields that a request may have."""
    max_url_bytes: int = Field(default=8192, ge=256, le=65_536)
    """Bytes that path and query of a request may have together."""
    body_timeout_s: Seconds = 15
    """Seconds within which the body of a request must arrive."""
    write_timeout_s: Seconds = 30
    """Seconds within which a client must read 64 KiB of its response, or the rest; otherwise its connection is aborted."""
    max_connections_per_network: int = Field(default=256, ge=1, le=1_000_000)
    """Connections that one process accepts from one IPv4 address, or one /64 of IPv6; further ones are closed. Connections of trusted
    proxies do not count."""
    max_streams_per_caller: int = Field(default=64, ge=1, le=1_000_000)
    """Streams that one process keeps open for one user or, without a credential, for one client network; the next one gets a 429."""
    operation_timeout_s: Seconds = 4
    """Seconds that one request may take: credentials, waiting for a connection, statements, retries and commit. The time in which the
    body arrives does not count. After that the request is cancelled and gets a 503."""
    drain_s: float = Field(default=0, ge=0, le=300)
    """Seconds for which a stopping process still serves while /health already returns 503, so that a load balancer stops sending
    requests."""
    stop_timeout_s: Seconds = 15
    """Seconds that running requests have to finish when the process stops."""

    response_validation: Annotated[Literal["enforce", "observe", "off"], Lower] = Field(default_factory=_validation_mode)
    """What happens to a response that breaks the contract: it becomes a 500 (`enforce`), it is logged and counted (`observe`), or it is
    not checked (`off`)."""
    response_validation_sample: int = Field(default=100, ge=1, le=1_000_000)
    """With `observe`: the first response of each operation and status is checked, and then one in so many."""
    whole_responses: bool = True
    """Whether a response is written in one piece, past uvicorn's own way to send it, or as head and body."""
    immediate_dependencies: bool = True
    """Whether a handler gets arguments that need no waiting, such as the caller, without a coroutine for each."""
    docs: bool = True
    """Whether /docs, /redoc and /problems are served."""

    @field_validator("root_path")
    @classmethod
    def _root_path_begins_with_a_slash(cls, path: str) -> str:
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", path):
            raise ValueError("it must be a path that begins with a slash, such as /api")
        return path

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in origins:
            raise ValueError("`*` would let every page use the credentials of its visitors. List each origin")
        for origin in origins:
            if not origin.startswith(("http://", "https://")) or "/" in origin.split("://", 1)[1]:
                raise ValueError("an origin is scheme, host and port, such as https://shop.example.com, without a path")
            if "*" in origin and not re.fullmatch(r"https?://(localhost|127\.0\.0\.1|\[::1\]):\*", origin):
                raise ValueError("`*` may only be the port of localhost, 127.0.0.1 or [::1]. List each other origin")
        return origins

    @field_validator("trusted_hosts")
    @classmethod
    def _hosts_are_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if host != "*" and not re.fullmatch(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", host):
                raise ValueError(f"a host is only a name, such as shop.example.com or [::1]: no scheme, port or path, as in `{host}`")
        return hosts

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(f"a proxy is an address or a network, such as 10.0.0.0/8, but `{proxy}` is neither") from None
        return proxies
