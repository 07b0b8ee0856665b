"""Settings of HTTP: origins, hosts, proxies, bounds of a request, and what is served."""

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


def _referee(data: dict[str, Any]) -> Literal["enforce", "observe"]:
    return "enforce" if data.get("environment") == "development" else "observe"


class HttpSettings(PlaceSettings):
    """Which requests are accepted, and how long each may take."""

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
