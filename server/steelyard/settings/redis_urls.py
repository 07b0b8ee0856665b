"""URLs of Valkey and Redis. No message about one has any part of it, because it holds a password."""

import re

from steelyard.settings.hosts import is_host_name, is_this_machine

_LOGIN = r"(?:(?P<username>[^/?#@:\s]*):(?P<password>[^/?#@\s]+)@)?"
_NETWORK = re.compile(
    rf"rediss?://{_LOGIN}(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{{1,5}}))?(?:/(?P<database>[0-9]{{1,4}})?)?",
    re.ASCII,
)
_SOCKET = re.compile(rf"unix://{_LOGIN}(?P<path>/[^?#\s]+)(?:\?db=(?P<database>[0-9]{{1,4}}))?", re.ASCII)
FORMS = "Write redis://host, rediss://user:password@host:port/database, or unix:///path/of/socket"


def canonical(url: str) -> str:
    """The URL as the library reads it. Raises ValueError, whose text has no part of the URL."""
    scheme, colon, rest = url.strip().partition(":")
    url = f"{scheme.lower()}{colon}{rest}"
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError(f"its scheme is not one of redis, rediss and unix. {FORMS}")
    if _SOCKET.fullmatch(url):
        return url
    match = _NETWORK.fullmatch(url)
    if match is None or not is_host_name(match["host"]):
        raise ValueError(f"it cannot be read. {FORMS}; in user and password, write @ : / ? # % percent-encoded, such as %40 for @")
    if not 0 < int(match["port"] or 6379) <= 65_535:
        raise ValueError(f"its port is not a number from 1 to 65535. {FORMS}")
    return url


def address(url: str) -> str:
    """Host and port of a canonical URL, or its socket, for messages."""
    if match := _SOCKET.fullmatch(url):
        return match["path"]
    match = _NETWORK.fullmatch(url)
    assert match is not None
    return f"{match['host']}:{match['port'] or 6379}"


def is_readable_on_the_way(url: str) -> bool:
    """Whether a canonical URL leads to another machine without TLS."""
    match = _NETWORK.fullmatch(url)
    return match is not None and url.startswith("redis:") and not is_this_machine(match["host"].strip("[]"))
