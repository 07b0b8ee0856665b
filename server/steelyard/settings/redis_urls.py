"""URLs of Valkey and Redis. No message about one has any part of it, because it holds a password."""

import re

_LOGIN = r"(?:(?P<username>[^/?#@:\s]*):(?P<password>[^/?#@\s]+)@)?"
_NETWORK = re.compile(
    rf"rediss?://{_LOGIN}(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{{1,5}}))?(?:/(?P<database>[0-9]{{1,4}})?)?", re.ASCII
)
_SOCKET = re.compile(rf"unix://{_LOGIN}/[^?#\s]+(?:\?db=(?P<database>[0-9]{{1,4}}))?", re.ASCII)
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
    if match is None:
        raise ValueError(f"it cannot be read. {FORMS}; in user and password, write @ : / ? # % percent-encoded, such as %40 for @")
    if not 0 < int(match["port"] or 6379) <= 65_535:
        raise ValueError(f"its port is not a number from 1 to 65535. {FORMS}")
    return url
