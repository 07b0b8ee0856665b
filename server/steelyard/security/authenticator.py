"""From a bearer token to the caller."""

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.security.access_tokens import AccessTokenClaims, AccessTokens
from steelyard.security.credential_cache import CredentialCache
from steelyard_contract.problems import InvalidToken


class BearerAuthenticator:
    """The contract's scheme `oauth2`: bearer tokens that this server has issued."""

    schemes = frozenset({"oauth2"})

    def __init__(self, tokens: AccessTokens, credentials: CredentialCache) -> None:
        self._tokens = tokens
        self._credentials = credentials

    def verify(self, token: bytes) -> AccessTokenClaims:
        """The claims of a genuine token; InvalidToken for any other."""
        return self._tokens.verify(token)

    def invalidate(self, claims: AccessTokenClaims) -> None:
        """Read the credentials of this user again."""
        self._credentials.drop_user(claims.user_id)

    async def load_caller(self, claims: AccessTokenClaims, read: ReadOnly) -> Caller:
        """The caller, while the credential is active; InvalidToken later."""
        caller = await self._credentials.get(claims, read)
        if caller is None:
            raise InvalidToken
        return caller
