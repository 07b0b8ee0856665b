"""From a bearer token to the caller."""

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.security.access_tokens import AccessTokenClaims, AccessTokens
from steelyard.security.api_keys import API_KEY_PREFIX, ApiKeyClaims, ApiKeys, UnknownApiKey
from steelyard.security.credential_cache import CredentialCache
from steelyard_contract.problems import InvalidToken

Claims = AccessTokenClaims | ApiKeyClaims | UnknownApiKey

_API_KEY = API_KEY_PREFIX.encode()


class BearerAuthenticator:
    """The contract's scheme `oauth2`: bearer tokens that this server has issued, access tokens and API keys."""

    schemes = frozenset({"oauth2"})

    def __init__(self, tokens: AccessTokens, api_keys: ApiKeys, credentials: CredentialCache) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._credentials = credentials

    def verify(self, token: bytes) -> Claims:
        """The claims of a genuine token, or of a text that may be an API key; InvalidToken for any other."""
        return self._api_keys.verify(token) if token.startswith(_API_KEY) else self._tokens.verify(token)

    def invalidate(self, claims: Claims) -> None:
        """Read the credentials of this user again."""
        key = self._api_keys.found_before(claims) if isinstance(claims, UnknownApiKey) else claims
        if key is not None:
            self._credentials.drop_user(key.user_id)

    async def load_caller(self, claims: Claims, read: ReadOnly) -> Caller:
        """The caller, while the credential is active; InvalidToken later."""
        if isinstance(claims, UnknownApiKey):
            claims = await self._api_keys.find(claims, read)
        caller = await self._credentials.get(claims, read)
        if caller is None:
            raise InvalidToken
        if isinstance(claims, ApiKeyClaims):
            self._api_keys.mark_used(claims.credential_id)
        return caller
