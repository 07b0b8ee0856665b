"""What a login needs of an identity provider, and what it gets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steelyard.settings.login_providers import LoginProvider


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One login at a provider. Only the server that has the state can derive the other two again."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str
    """Our callback for this provider."""
    has_login_prompt: bool
    """Whether the provider has to check the password again."""


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """The user of a provider who has come back."""

    issuer: str
    subject: str
    email: str | None
    is_email_verified: bool
    name: str | None
    authenticated_at: datetime | None
    """When the provider has checked the user; None if it does not say so."""


class ProviderUnavailable(Exception):
    """The provider is slow, down or busy, or its metadata cannot be used. The text is for the log."""


class IdentityRejected(Exception):
    """The response of the provider does not prove an identity. The text is for the log."""


class IdentityProvider(Protocol):
    """A provider of the settings."""

    @property
    def settings(self) -> LoginProvider:
        """Its entry in the settings."""

    async def authorization_url(self, request: ProviderRequest) -> str:
        """Where the browser logs in. Raises ProviderUnavailable."""

    async def identify(self, request: ProviderRequest, *, code: str, issuer: str | None) -> ProvenIdentity:
        """The user for whom the provider has sent this code. Raises ProviderUnavailable and IdentityRejected."""
