# `nox -s generate`: never edit.
"""The tag `auth`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import Call, form_body, segment
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.operation import Operation

from ..models.auth import Token

if TYPE_CHECKING:
    from ..models.inputs import GrantType

ISSUE_TOKEN: Operation[Token] = Operation(
    package="steelyard_client",
    key="issue_token",
    name="issueToken",
    method="POST",
    path="/token",
    parse=Token.from_dict,
    returns=(Token,),
    media="application/x-www-form-urlencoded",
    secrets=frozenset(
        {
            "client_secret",
            "password",
            "refresh_token",
        }
    ),
    problems=(
        "InvalidCredentials",
        "InvalidRefreshToken",
        "RefreshTokenReused",
        "AccountDisabled",
        "NotAcceptable",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def issue_token(
    *,
    grant_type: GrantType | Literal["password", "refresh_token"] | Unset = UNSET,
    username: str | Unset = UNSET,
    password: str | Unset = UNSET,
    refresh_token: str | Unset = UNSET,
    scope: str | Unset = UNSET,
    client_id: str | Unset = UNSET,
    client_secret: str | Unset = UNSET,
) -> Call[Token]:
    """Log in, or refresh a session: POST /token."""
    return Call(
        ISSUE_TOKEN,
        "/token",
        content=form_body(
            {
                "grant_type": grant_type,
                "username": username,
                "password": password,
                "refresh_token": refresh_token,
                "scope": scope,
                "client_id": client_id,
                "client_secret": client_secret,
            }
        ),
    )


REVOKE_CURRENT_CREDENTIAL: Operation[None] = Operation(
    package="steelyard_client",
    key="revoke_current_credential",
    name="revokeCurrentCredential",
    method="DELETE",
    path="/credentials/current",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    problems=("NotAuthenticated", "InvalidToken", "RateLimited", "InternalError", "Unavailable"),
)


def revoke_current_credential() -> Call[None]:
    """Log out: DELETE /credentials/current."""
    return Call(
        REVOKE_CURRENT_CREDENTIAL,
        "/credentials/current",
    )


REVOKE_CREDENTIAL: Operation[None] = Operation(
    package="steelyard_client",
    key="revoke_credential",
    name="revokeCredential",
    method="DELETE",
    path="/credentials/{credential_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    scopes=("account:write",),
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "CredentialNotFound",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def revoke_credential(credential_id: int) -> Call[None]:
    """Log out another session: DELETE /credentials/{credential_id}."""
    return Call(
        REVOKE_CREDENTIAL,
        f"/credentials/{segment(credential_id)}",
    )


class Auth(Resource):
    """`client.auth`."""

    def issue_token(
        self,
        *,
        grant_type: GrantType | Literal["password", "refresh_token"] | Unset = UNSET,
        username: str | Unset = UNSET,
        password: str | Unset = UNSET,
        refresh_token: str | Unset = UNSET,
        scope: str | Unset = UNSET,
        client_id: str | Unset = UNSET,
        client_secret: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Token:
        """Log in, or refresh a session

        The body is a form, not JSON, so that OAuth 2 clients and the login button of the documentation can use it. The
        user name is the e-mail address.

        An unknown address and a wrong password get the same response, in the same time. After ten failures within five
        minutes, for one account or from one network address, even the correct password is a 429 until the time in
        `Retry-After` has passed; open sessions are not affected.

        A refresh token works once, even if the response is lost; then log in again. A refresh token that arrives twice
        was stolen or sent twice, so its session is revoked.

        Args:
            grant_type: `password`: log in with e-mail and password. `refresh_token`: get a new token without them.
                ('password' if left out)
            username: The e-mail address. Case does not matter. (1 to 254 characters)
            password: The password. Case matters. (1 to 128 characters)
            refresh_token: The refresh token of the last response. It works once; a second use revokes the session. (47
                characters)
            scope: The requested scopes, separated by spaces. If left out or empty, you get all scopes of your role.
                Scopes that your role lacks are ignored. A refresh can only request scopes that the session has. (up to
                1 000 characters)
            client_id: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)
            client_secret: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)

        Raises:
            errors.InvalidCredentials, errors.InvalidRefreshToken, errors.RefreshTokenReused, errors.AccountDisabled,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(
            issue_token(
                grant_type=grant_type,
                username=username,
                password=password,
                refresh_token=refresh_token,
                scope=scope,
                client_id=client_id,
                client_secret=client_secret,
            ),
            timeout=timeout,
            headers=headers,
        )

    def revoke_current_credential(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Log out

        Revokes the credential of the request: the session with its refresh token, or the API key. From then on the
        token is a 401; other server processes reject it within a second.
        """
        return self._client.call(revoke_current_credential(), timeout=timeout, headers=headers)

    def revoke_credential(self, credential_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Log out another session

        Revokes one of your sessions or API keys, for example that of a lost phone. You may revoke the current session,
        too. A credential that is already revoked or expired is a 404.

        Args:
            credential_id: The id of one of your sessions or API keys, such as `session_id` in the response of
                issueToken. (1 or more)

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.CredentialNotFound
        """
        return self._client.call(revoke_credential(credential_id), timeout=timeout, headers=headers)


class AsyncAuth(AsyncResource):
    """`client.auth`."""

    async def issue_token(
        self,
        *,
        grant_type: GrantType | Literal["password", "refresh_token"] | Unset = UNSET,
        username: str | Unset = UNSET,
        password: str | Unset = UNSET,
        refresh_token: str | Unset = UNSET,
        scope: str | Unset = UNSET,
        client_id: str | Unset = UNSET,
        client_secret: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Token:
        """Log in, or refresh a session

        The body is a form, not JSON, so that OAuth 2 clients and the login button of the documentation can use it. The
        user name is the e-mail address.

        An unknown address and a wrong password get the same response, in the same time. After ten failures within five
        minutes, for one account or from one network address, even the correct password is a 429 until the time in
        `Retry-After` has passed; open sessions are not affected.

        A refresh token works once, even if the response is lost; then log in again. A refresh token that arrives twice
        was stolen or sent twice, so its session is revoked.

        Args:
            grant_type: `password`: log in with e-mail and password. `refresh_token`: get a new token without them.
                ('password' if left out)
            username: The e-mail address. Case does not matter. (1 to 254 characters)
            password: The password. Case matters. (1 to 128 characters)
            refresh_token: The refresh token of the last response. It works once; a second use revokes the session. (47
                characters)
            scope: The requested scopes, separated by spaces. If left out or empty, you get all scopes of your role.
                Scopes that your role lacks are ignored. A refresh can only request scopes that the session has. (up to
                1 000 characters)
            client_id: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)
            client_secret: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)

        Raises:
            errors.InvalidCredentials, errors.InvalidRefreshToken, errors.RefreshTokenReused, errors.AccountDisabled,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(
            issue_token(
                grant_type=grant_type,
                username=username,
                password=password,
                refresh_token=refresh_token,
                scope=scope,
                client_id=client_id,
                client_secret=client_secret,
            ),
            timeout=timeout,
            headers=headers,
        )

    async def revoke_current_credential(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Log out

        Revokes the credential of the request: the session with its refresh token, or the API key. From then on the
        token is a 401; other server processes reject it within a second.
        """
        return await self._client.call(revoke_current_credential(), timeout=timeout, headers=headers)

    async def revoke_credential(
        self, credential_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Log out another session

        Revokes one of your sessions or API keys, for example that of a lost phone. You may revoke the current session,
        too. A credential that is already revoked or expired is a 404.

        Args:
            credential_id: The id of one of your sessions or API keys, such as `session_id` in the response of
                issueToken. (1 or more)

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.CredentialNotFound
        """
        return await self._client.call(revoke_credential(credential_id), timeout=timeout, headers=headers)
