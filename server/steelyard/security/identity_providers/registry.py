"""The identity providers of the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from steelyard.security.identity_providers.provider import IdentityProvider
from steelyard.settings import Settings


@dataclass(frozen=True, slots=True)
class IdentityProviders:
    """All providers, by id, in the order of the settings."""

    by_id: Mapping[str, IdentityProvider]

    @classmethod
    def of(cls, settings: Settings, *, clock: Callable[[], datetime], stopwatch: Callable[[], float]) -> "IdentityProviders":
        """Nothing is called yet: an address that does not exist shows at the first login."""
        if not settings.login_providers:
            return cls({})
        # The libraries are an extra, and a process without providers does not need their memory.
        from steelyard.security.identity_providers.connection import Connections  # noqa: PLC0415
        from steelyard.security.identity_providers.github import GitHubProvider  # noqa: PLC0415
        from steelyard.security.identity_providers.oidc import OidcProvider  # noqa: PLC0415

        connections = Connections()
        providers: dict[str, IdentityProvider] = {}
        for each in settings.login_providers:
            secret = settings.login_secrets[each.id].get_secret_value()
            if each.kind == "github":
                providers[each.id] = GitHubProvider(each, secret, connections)
            else:
                providers[each.id] = OidcProvider(each, secret, connections, clock=clock, stopwatch=stopwatch)
        return cls(providers)
