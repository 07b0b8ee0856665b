"""What logins with third parties need beside the database; one object for the application."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from steelyard.db.transaction import Transaction
from steelyard.features.identities.clients import OAuthClients
from steelyard.features.identities.secrets import LoginKeys
from steelyard.security.identity_providers.registry import IdentityProviders

# `started`: a browser has been sent to the provider. `abandoned`: it has come back without a login there. `expired`: too late, twice, or in
# another browser. `rejected`: what the provider sent proves nothing. `denied`: it has no account here, or a deactivated one.
LoginResult = Literal["started", "succeeded", "abandoned", "expired", "rejected", "denied", "unavailable", "failed"]


class OpenAccount(Protocol):
    """Creates an account without a password; `users` implements it."""

    async def __call__(self, tx: Transaction, /, *, name: str, email: str) -> int:
        """The id of the new user. The address is verified."""


@dataclass(frozen=True, slots=True)
class ThirdPartyLogin:
    """Providers, clients and keys."""

    issuer: str
    """The public address of this server."""
    providers: IdentityProviders
    clients: OAuthClients
    keys: LoginKeys
    open_account: OpenAccount
    results: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Provider and result -> how often, in this process; for the metrics."""

    def __post_init__(self) -> None:
        # Prometheus sees no increase in a series that begins with 1.
        self.results.update({(provider_id, result): 0 for provider_id in self.providers.by_id for result in get_args(LoginResult)})

    def count(self, provider_id: str, result: LoginResult) -> None:
        """Count a result. Providers are those of the settings, so no caller adds one."""
        if provider_id in self.providers.by_id:
            self.results[provider_id, result] += 1

    def callback(self, provider_id: str) -> str:
        """The address to which this provider sends browsers back."""
        return f"{self.issuer}/login/{provider_id}/callback"
