"""URLs of mail servers. No message about one has any part of it, because it holds a password."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from pydantic import SecretStr

from steelyard.settings.hosts import is_host_name, is_this_machine

Encryption = Literal["tls", "starttls", "none"]

_SCHEMES: dict[str, tuple[Encryption, int]] = {"smtps": ("tls", 465), "smtp+starttls": ("starttls", 587), "smtp": ("none", 25)}
_URL = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<username>[^/?#@:]*):(?P<password>[^/?#@]*)@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^/?#@:\[\]\s]+))(?::(?P<port>[0-9]{1,5}))?/?"
)
FORMS = "Write smtps://user:password@host or smtp+starttls://user:password@host, if necessary with :port"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server, how the connection to it is encrypted, and the login that it needs."""

    host: str
    port: int
    encryption: Encryption
    username: str | None = None
    password: SecretStr | None = None


def smtp_server(url: str) -> SmtpServer:
    """The server of this URL. Raises ValueError."""
    scheme, colon, rest = url.strip().partition(":")
    match = _URL.fullmatch(f"{scheme.lower()}{colon}{rest}")
    if match is None:
        raise ValueError(f"it cannot be read. {FORMS}; in user and password, write @ : / ? # % percent-encoded, such as %40 for @")
    if match["scheme"] not in _SCHEMES:
        raise ValueError(f"its scheme is not one of {', '.join(_SCHEMES)}. {FORMS}")
    encryption, port = _SCHEMES[match["scheme"]]
    host = match["ipv6"] or match["host"]
    port = int(match["port"] or port)
    if not 0 < port <= 65_535 or not is_host_name(host):
        raise ValueError(f"host or port cannot be read. {FORMS}")
    if encryption == "none" and not is_this_machine(host):
        raise ValueError("smtp:// would send mails and password in the clear to another machine. Write smtps:// or smtp+starttls://")
    if match["username"] is None:
        return SmtpServer(host, port, encryption)
    if not match["username"] or not match["password"]:
        raise ValueError(f"user or password is empty. {FORMS}, or leave out both")
    return SmtpServer(host, port, encryption, unquote(match["username"]), SecretStr(unquote(match["password"])))
