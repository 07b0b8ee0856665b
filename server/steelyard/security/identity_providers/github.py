"""GitHub, which has OAuth without ID tokens: the user is read from its API."""

from steelyard.security.identity_providers.connection import Connections, authorization_url
from steelyard.security.identity_providers.provider import IdentityRejected, ProvenIdentity, ProviderRequest
from steelyard.settings.login_providers import LoginProvider

PUBLIC_ISSUER = "https://github.com"
_SCOPES = "read:user user:email"


class GitHubProvider:
    """github.com, or a server of the operator with the same API."""

    def __init__(self, settings: LoginProvider, secret: str, connections: Connections) -> None:
        self.settings = settings
        self._secret = secret
        self._connections = connections
        self._issuer = (settings.issuer or PUBLIC_ISSUER).rstrip("/")
        self._api = "https://api.github.com" if self._issuer == PUBLIC_ISSUER else f"{self._issuer}/api/v3"

    async def authorization_url(self, request: ProviderRequest) -> str:
        return authorization_url(f"{self._issuer}/login/oauth/authorize", self.settings.client_id, _SCOPES, request)

    async def identify(self, request: ProviderRequest, *, code: str, issuer: str | None) -> ProvenIdentity:
        if issuer is not None and issuer.rstrip("/") not in (self._issuer, f"{self._issuer}/login/oauth"):
            raise IdentityRejected("a response of another issuer")
        async with self._connections.client(self.settings.client_id, self._secret, auth_method="client_secret_post") as client:
            tokens = await client.fetch_token(
                f"{self._issuer}/login/oauth/access_token",
                code=code,
                redirect_uri=request.redirect_uri,
                code_verifier=request.code_verifier,
            )
            access_token = tokens.get("access_token")
            if not isinstance(access_token, str):
                raise IdentityRejected("no access token")
            user = await client.get_json(f"{self._api}/user", bearer=access_token)
            emails = await client.get_json(f"{self._api}/user/emails", bearer=access_token)
        number = user.get("id") if isinstance(user, dict) else None
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise IdentityRejected("a user without an id")
        name = user.get("name") or user.get("login")
        email = _primary_address(emails)
        # The name of an account can change hands, its number cannot. GitHub does not say when it has checked the user.
        return ProvenIdentity(
            self._issuer, str(number), email, email is not None, name if isinstance(name, str) else None, authenticated_at=None
        )


def _primary_address(emails: object) -> str | None:
    """The primary address, if GitHub has verified it."""
    for entry in emails if isinstance(emails, list) else ():
        if isinstance(entry, dict) and entry.get("primary") is True and entry.get("verified") is True:
            address = entry.get("email")
            return address if isinstance(address, str) else None
    return None
