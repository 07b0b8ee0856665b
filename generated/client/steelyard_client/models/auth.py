# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `auth`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members


class GrantType(OpenEnum):
    """`password`: log in with e-mail and password. `refresh_token`: get a new token without them. `authorization_code`: exchange the code of a login with a third party."""

    PASSWORD = "password"
    REFRESH_TOKEN = "refresh_token"
    AUTHORIZATION_CODE = "authorization_code"


class Token(Model):
    """An access token, and a refresh token to get the next pair. Keep both as secret as the password."""

    SECRET = frozenset(
        {
            "access_token",
            "refresh_token",
        }
    )

    access_token: str
    """Send it as `Authorization: Bearer <access_token>`. It is opaque: its format may change."""
    token_type: Literal["bearer"]
    """The authentication scheme of the token."""
    expires_in: int
    """Seconds until the access token expires. Refresh it shortly before."""
    refresh_token: str
    """Works once, within 30 days. It replaces the previous one, so store it before you use the access token."""
    scope: str
    """The granted scopes, separated by spaces; empty when the role has none of the requested ones."""
    session_id: int
    """The id of the session, the same after each refresh. revokeCredential revokes it from another device."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        access_token: str,
        token_type: Literal["bearer"] = "bearer",
        expires_in: int,
        refresh_token: str,
        scope: str,
        session_id: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.access_token = data["access_token"]
        self.token_type = data["token_type"]
        self.expires_in = data["expires_in"]
        self.refresh_token = data["refresh_token"]
        self.scope = data["scope"]
        self.session_id = data["session_id"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self


class Scope(OpenEnum):
    """A permission of a credential. A `write` scope includes the `read` scope of the same name; `sales:write` includes `orders:read`."""

    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    ITEMS_WRITE = "items:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    SALES_WRITE = "sales:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    PROMOTIONS_MANAGE = "promotions:manage"


class ApiKeyCreated(Model):
    """A new API key, as in the list, with its secret."""

    SECRET = frozenset(
        {
            "secret",
        }
    )

    id: int
    """A positive integer that JavaScript can represent exactly."""
    kind: CredentialKind
    """`session`: made by a login, with access and refresh tokens. `api_key`: made by createApiKey, a bearer token by itself."""
    name: str
    """The name of the API key."""
    scopes: list[Scope]
    """The scopes of the key. It can use those that your role has, too."""
    created_at: datetime.datetime
    """RFC 3339 in UTC, with `Z`. The fraction has up to six digits and is left out when it is zero."""
    last_used_at: datetime.datetime | None
    """When the API key was last used, accurate to a minute, or when the session was last refreshed; null if that never happened."""
    expires_at: datetime.datetime | None
    """When it expires; null if never."""
    current: bool
    """Whether this request was sent with it."""
    secret: str
    """Send it as `Authorization: Bearer <secret>`. No other response has it."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        kind: CredentialKind,
        name: str,
        scopes: list[Scope],
        created_at: datetime.datetime,
        last_used_at: datetime.datetime | None,
        expires_at: datetime.datetime | None,
        current: bool,
        secret: str,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.kind = CredentialKind.of(data["kind"])
        self.name = data["name"]
        self.scopes = [Scope.of(value) for value in data["scopes"]]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.last_used_at = None if data["last_used_at"] is None else datetime.datetime.fromisoformat(data["last_used_at"])
        self.expires_at = None if data["expires_at"] is None else datetime.datetime.fromisoformat(data["expires_at"])
        self.current = data["current"]
        self.secret = data["secret"]
        self.extra = {} if len(data) == 9 else unknown_members(data, cls.NAMES)
        return self


class CredentialKind(OpenEnum):
    """`session`: made by a login, with access and refresh tokens. `api_key`: made by createApiKey, a bearer token by itself."""

    SESSION = "session"
    API_KEY = "api_key"


class CredentialPage(Model):
    """A page of credentials."""

    items: list[Credential]
    """Newest first."""
    skip: int | None
    """The number of skipped entries; `null` on a page by `cursor`."""
    limit: int
    """The requested size of the page. It may have fewer entries."""
    total: int | None
    """The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last page."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, items: list[Credential], skip: int | None, limit: int, total: int | None, next_cursor: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [Credential.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self


class Credential(Model):
    """A session or an API key."""

    id: int
    """A positive integer that JavaScript can represent exactly."""
    kind: CredentialKind
    """`session`: made by a login, with access and refresh tokens. `api_key`: made by createApiKey, a bearer token by itself."""
    name: str
    """The name of the API key, or how the session began."""
    scopes: list[Scope]
    """The scopes of the credential. It can use those that your role has, too."""
    created_at: datetime.datetime
    """RFC 3339 in UTC, with `Z`. The fraction has up to six digits and is left out when it is zero."""
    last_used_at: datetime.datetime | None
    """When the API key was last used, accurate to a minute, or when the session was last refreshed; null if that never happened."""
    expires_at: datetime.datetime | None
    """When it expires; null if never."""
    current: bool
    """Whether this request was sent with it."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        kind: CredentialKind,
        name: str,
        scopes: list[Scope],
        created_at: datetime.datetime,
        last_used_at: datetime.datetime | None,
        expires_at: datetime.datetime | None,
        current: bool,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.kind = CredentialKind.of(data["kind"])
        self.name = data["name"]
        self.scopes = [Scope.of(value) for value in data["scopes"]]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.last_used_at = None if data["last_used_at"] is None else datetime.datetime.fromisoformat(data["last_used_at"])
        self.expires_at = None if data["expires_at"] is None else datetime.datetime.fromisoformat(data["expires_at"])
        self.current = data["current"]
        self.extra = {} if len(data) == 8 else unknown_members(data, cls.NAMES)
        return self


class AuthorizationServer(Model):
    """The metadata of an authorization server, as RFC 8414 defines it."""

    issuer: str
    """The public address of this server. Compare it with `iss` in each redirect."""
    authorization_endpoint: str
    """The address of authorize."""
    token_endpoint: str
    """The address of issueToken."""
    scopes_supported: list[Scope]
    """All scopes. A session gets those that its role has."""
    response_types_supported: list[Literal["code"]]
    """What authorize returns."""
    response_modes_supported: list[Literal["query"]]
    """How it does that."""
    grant_types_supported: list[GrantType]
    """What issueToken accepts."""
    token_endpoint_auth_methods_supported: list[Literal["none"]]
    """How clients authenticate. None does; the code verifier proves that a code is theirs."""
    code_challenge_methods_supported: list[Literal["S256"]]
    """The methods of RFC 7636."""
    authorization_response_iss_parameter_supported: Literal[True]
    """Each redirect of authorize has `iss` (RFC 9207)."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        issuer: str,
        authorization_endpoint: str,
        token_endpoint: str,
        scopes_supported: list[Scope],
        response_types_supported: list[Literal["code"]],
        response_modes_supported: list[Literal["query"]],
        grant_types_supported: list[GrantType],
        token_endpoint_auth_methods_supported: list[Literal["none"]],
        code_challenge_methods_supported: list[Literal["S256"]],
        authorization_response_iss_parameter_supported: Literal[True] = True,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.issuer = data["issuer"]
        self.authorization_endpoint = data["authorization_endpoint"]
        self.token_endpoint = data["token_endpoint"]
        self.scopes_supported = [Scope.of(value) for value in data["scopes_supported"]]
        self.response_types_supported = data["response_types_supported"]
        self.response_modes_supported = data["response_modes_supported"]
        self.grant_types_supported = [GrantType.of(value) for value in data["grant_types_supported"]]
        self.token_endpoint_auth_methods_supported = data["token_endpoint_auth_methods_supported"]
        self.code_challenge_methods_supported = data["code_challenge_methods_supported"]
        self.authorization_response_iss_parameter_supported = data["authorization_response_iss_parameter_supported"]
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self


class LoginProviders(Model):
    """The identity providers of this server."""

    providers: list[LoginProvider]
    """The providers."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, providers: list[LoginProvider]) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.providers = [LoginProvider.from_dict(value) for value in data["providers"]]
        self.extra = {} if len(data) == 1 else unknown_members(data, cls.NAMES)
        return self


class LoginProvider(Model):
    """An identity provider that users can log in with."""

    id: str
    """Send it to authorize as `provider`."""
    name: str
    """The name for users."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, id: str, name: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.name = data["name"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
