"""The registered clients of this server, and which redirect URIs they may use."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steelyard.settings import Settings

# RFC 8252 (7.3): an app listens on any free port of the machine.
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>/.*)?", re.DOTALL)
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client, and its registered redirect URIs."""

    id: str
    redirect_uris: frozenset[str]

    def accepts(self, redirect_uri: str) -> bool:
        """Whether this is a registered redirect URI: the same characters, but for the port of a loopback address."""
        if redirect_uri in self.redirect_uris:
            return True
        portless = _without_port(redirect_uri)
        return portless is not None and any(_without_port(each) == portless for each in self.redirect_uris)


def _without_port(uri: str) -> str | None:
    match = _LOOPBACK.fullmatch(uri)
    if match is None or int(match["port"] or 80) > _MAX_PORT:
        return None
    return f"http://{match[1]}{match['rest'] or ''}"


@dataclass(frozen=True, slots=True)
class OAuthClients:
    """All clients, by id."""

    by_id: Mapping[str, OAuthClient]

    @classmethod
    def of(cls, settings: Settings) -> "OAuthClients":
        """Those of the settings, and those that the server registers by itself. None without a public address: it is the issuer."""
        if settings.public_url is None:
            return cls({})
        clients = [OAuthClient(each.id, frozenset(each.redirect_uris)) for each in settings.oauth_clients]
        return cls({client.id: client for client in [*clients, *_built_in(settings, settings.public_url)]})

    def find(self, client_id: str | None) -> OAuthClient | None:
        return None if client_id is None else self.by_id.get(client_id)


def _built_in(settings: Settings, public_url: str) -> Iterable[OAuthClient]:
    yield OAuthClient("steelyard-cli", frozenset({"http://127.0.0.1/callback", "http://[::1]/callback"}))
    if settings.docs:
        yield OAuthClient("swagger-ui", frozenset({f"{public_url}/docs/oauth2-redirect"}))
