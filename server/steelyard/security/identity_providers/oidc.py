"""Providers of OpenID Connect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steelyard.security.identity_providers.connection import Connections, ProviderClient, authorization_url, deadline
from steelyard.security.identity_providers.id_tokens import KeySet, authentication_time, key_id, read_id_token, read_keys
from steelyard.security.identity_providers.provider import IdentityRejected, ProvenIdentity, ProviderRequest, ProviderUnavailable
from steelyard.settings.login_providers import LoginProvider

# Metadata and keys stay in the process: who can write to a shared cache could log in as any user.
METADATA_MAX_AGE_S = 600
# A token with an unknown key loads the keys anew, so that a rotated key works at once; but not for each forged token.
UNKNOWN_KEY_INTERVAL_S = 60
_SCOPES = "openid email profile"


@dataclass(frozen=True, slots=True)
class _Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    has_issuer_in_response: bool
    auth_method: str
    has_pkce: bool


class OidcProvider:
    """A provider with metadata, keys and ID tokens."""

    def __init__(
        self,
        settings: LoginProvider,
        secret: str,
        connections: Connections,
        *,
        clock: Callable[[], datetime],
        stopwatch: Callable[[], float],
    ) -> None:
        assert settings.issuer is not None, "the settings require it"
        self.settings = settings
        self._issuer = settings.issuer
        self._secret = secret
        self._connections = connections
        self._clock = clock
        self._stopwatch = stopwatch
        self._metadata: tuple[float, _Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def has_pkce(self) -> bool:
        """Whether its metadata can be used and does not rule out PKCE with S256. Raises ProviderUnavailable."""
        return (await self._load_metadata()).has_pkce

    async def authorization_url(self, request: ProviderRequest) -> str:
        metadata = await self._load_metadata()
        prompt = {"prompt": "login", "max_age": "0"} if request.has_login_prompt else {}
        endpoint, client_id = metadata.authorization_endpoint, self.settings.client_id
        return authorization_url(endpoint, client_id, _SCOPES, request, nonce=request.nonce, **prompt)

    async def identify(self, request: ProviderRequest, *, code: str, issuer: str | None) -> ProvenIdentity:
        async with deadline():
            metadata = await self._load_metadata()
            if issuer != self._issuer and (issuer is not None or metadata.has_issuer_in_response):
                raise IdentityRejected("a response of another issuer")
            async with self._connections.client(self.settings.client_id, self._secret, auth_method=metadata.auth_method) as client:
                tokens = await client.fetch_token(
                    metadata.token_endpoint, code=code, redirect_uri=request.redirect_uri, code_verifier=request.code_verifier
                )
                claims = await self._read_claims(client, metadata, tokens, request)
                details = await self._details(client, metadata, tokens, claims)
        now = self._clock()
        email, name = details.get("email"), details.get("name")
        return ProvenIdentity(
            issuer=self._issuer,
            subject=claims["sub"],
            email=email if isinstance(email, str) else None,
            is_email_verified=details.get("email_verified") is True,
            name=name if isinstance(name, str) else None,
            authenticated_at=authentication_time(claims, now) or (now if request.has_login_prompt else None),
        )

    async def _read_claims(
        self, client: ProviderClient, metadata: _Metadata, tokens: Mapping[str, Any], request: ProviderRequest
    ) -> dict[str, Any]:
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise IdentityRejected("no ID token")
        keys = await self._load_keys(client, metadata, key_id(token))
        return read_id_token(
            token,
            keys,
            algorithms=self.settings.algorithms,
            issuer=self._issuer,
            client_id=self.settings.client_id,
            nonce=request.nonce,
            now=self._clock(),
        )

    async def _details(
        self, client: ProviderClient, metadata: _Metadata, tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The claims with an address: those of the ID token, or else of the UserInfo endpoint for the same subject."""
        access_token = tokens.get("access_token")
        if "email" in claims or metadata.userinfo_endpoint is None or not isinstance(access_token, str):
            return claims
        details = await client.get_json(metadata.userinfo_endpoint, bearer=access_token)
        if not isinstance(details, dict) or details.get("sub") != claims["sub"]:
            raise IdentityRejected("details of another subject")
        return details

    async def _load_metadata(self) -> _Metadata:
        if self._metadata is not None and self._stopwatch() - self._metadata[0] < METADATA_MAX_AGE_S:
            return self._metadata[1]
        async with self._connections.client(self.settings.client_id, self._secret) as client:
            document = await client.get_json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        metadata = _read_metadata(document, self._issuer)
        self._metadata = (self._stopwatch(), metadata)
        return metadata

    async def _load_keys(self, client: ProviderClient, metadata: _Metadata, kid: str | None) -> KeySet:
        if self._keys is not None:
            age, known = self._stopwatch() - self._keys[0], self._keys[1]
            is_known = kid is None or any(key.kid == kid for key in known)
            if age < (METADATA_MAX_AGE_S if is_known else UNKNOWN_KEY_INTERVAL_S):
                return known
        keys = read_keys(await client.get_json(metadata.jwks_uri))
        self._keys = (self._stopwatch(), keys)
        return keys


def _read_metadata(document: Any, issuer: str) -> _Metadata:
    """The metadata, if it is that of this issuer."""
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise ProviderUnavailable("metadata of another issuer")
    authorization, token, keys = (document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    if not isinstance(authorization, str) or not isinstance(token, str) or not isinstance(keys, str):
        raise ProviderUnavailable("metadata without endpoints")
    methods, userinfo = document.get("token_endpoint_auth_methods_supported"), document.get("userinfo_endpoint")
    challenges = document.get("code_challenge_methods_supported")
    has_basic = not isinstance(methods, list) or "client_secret_basic" in methods
    return _Metadata(
        authorization_endpoint=authorization,
        token_endpoint=token,
        jwks_uri=keys,
        userinfo_endpoint=userinfo if isinstance(userinfo, str) else None,
        has_issuer_in_response=document.get("authorization_response_iss_parameter_supported") is True,
        auth_method="client_secret_basic" if has_basic else "client_secret_post",
        has_pkce=not isinstance(challenges, list) or "S256" in challenges,
    )
