# `nox -s generate`: never edit.
"""The tag `auth`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import (
    Call,
    form_body as _form_body,
    json_body as _json_body,
    query as _query,
    segment as _segment,
)
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.operation import Link, Operation
from steelyard_runtime.pages import AsyncPages, Pages

from ..models.auth import ApiKeyCreated, AuthorizationServer, CredentialPage, LoginProviders, Token

if TYPE_CHECKING:
    from ..models.auth import Credential, GrantType, Scope

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
            "code",
            "code_verifier",
            "password",
            "refresh_token",
        }
    ),
    problems=(
        "InvalidGrant",
        "UnauthorizedClient",
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
    grant_type: GrantType | Literal["password", "refresh_token", "authorization_code"] | Unset = UNSET,
    username: str | Unset = UNSET,
    password: str | Unset = UNSET,
    refresh_token: str | Unset = UNSET,
    scope: str | Unset = UNSET,
    client_id: str | Unset = UNSET,
    code: str | Unset = UNSET,
    redirect_uri: str | Unset = UNSET,
    code_verifier: str | Unset = UNSET,
    client_secret: str | Unset = UNSET,
) -> Call[Token]:
    """Log in, or refresh a session: POST /token."""
    return Call(
        ISSUE_TOKEN,
        "/token",
        content=_form_body(
            {
                "grant_type": grant_type,
                "username": username,
                "password": password,
                "refresh_token": refresh_token,
                "scope": scope,
                "client_id": client_id,
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": code_verifier,
                "client_secret": client_secret,
            }
        ),
    )


LIST_CREDENTIALS: Operation[CredentialPage] = Operation(
    package="steelyard_client",
    key="list_credentials",
    name="listCredentials",
    method="GET",
    path="/credentials",
    parse=CredentialPage.from_dict,
    returns=(CredentialPage,),
    secured=True,
    scopes=("account:read",),
    link=Link("cursor", "next_cursor", (("skip", "0"),)),
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def list_credentials(*, skip: int | Unset = UNSET, limit: int | Unset = UNSET, cursor: str | Unset = UNSET) -> Call[CredentialPage]:
    """List your sessions and API keys: GET /credentials."""
    return Call(
        LIST_CREDENTIALS,
        "/credentials",
        query=_query(skip=skip, limit=limit, cursor=cursor),
    )


CREATE_API_KEY: Operation[ApiKeyCreated] = Operation(
    package="steelyard_client",
    key="create_api_key",
    name="createApiKey",
    method="POST",
    path="/credentials",
    parse=ApiKeyCreated.from_dict,
    returns=(ApiKeyCreated,),
    status=201,
    secured=True,
    scopes=("account:write",),
    keyed=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "FreshLoginRequired",
        "ScopeAmplification",
        "NotAcceptable",
        "LimitReached",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def create_api_key(
    *,
    name: str,
    scopes: Sequence[
        Scope
        | Literal[
            "account:read",
            "account:write",
            "items:write",
            "orders:read",
            "orders:write",
            "sales:write",
            "events:read",
            "webhooks:manage",
            "users:read",
            "users:write",
            "promotions:manage",
        ]
    ],
    expires_at: datetime.datetime | None | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[ApiKeyCreated]:
    """Create an API key: POST /credentials."""
    return Call(
        CREATE_API_KEY,
        "/credentials",
        content=_json_body({"name": name, "scopes": scopes, "expires_at": expires_at}),
        idempotency_key=idempotency_key,
    )


GET_AUTHORIZATION_SERVER: Operation[AuthorizationServer] = Operation(
    package="steelyard_client",
    key="get_authorization_server",
    name="getAuthorizationServer",
    method="GET",
    path="/.well-known/oauth-authorization-server",
    parse=AuthorizationServer.from_dict,
    returns=(AuthorizationServer,),
    problems=("NoAuthorizationServer", "NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def get_authorization_server() -> Call[AuthorizationServer]:
    """Read the metadata for clients of OAuth 2: GET /.well-known/oauth-authorization-server."""
    return Call(
        GET_AUTHORIZATION_SERVER,
        "/.well-known/oauth-authorization-server",
    )


LIST_LOGIN_PROVIDERS: Operation[LoginProviders] = Operation(
    package="steelyard_client",
    key="list_login_providers",
    name="listLoginProviders",
    method="GET",
    path="/login-providers",
    parse=LoginProviders.from_dict,
    returns=(LoginProviders,),
    problems=("NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def list_login_providers() -> Call[LoginProviders]:
    """List the identity providers: GET /login-providers."""
    return Call(
        LIST_LOGIN_PROVIDERS,
        "/login-providers",
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
        f"/credentials/{_segment(credential_id)}",
    )


REQUEST_EMAIL_VERIFICATION: Operation[None] = Operation(
    package="steelyard_client",
    key="request_email_verification",
    name="requestEmailVerification",
    method="POST",
    path="/email-verifications",
    parse=None,
    returns=(),
    status=202,
    secured=True,
    scopes=("account:write",),
    safe=True,
    problems=("NotAuthenticated", "InvalidToken", "InsufficientScope", "RateLimited", "InternalError", "Unavailable"),
)


def request_email_verification() -> Call[None]:
    """Request a mail to verify your e-mail address: POST /email-verifications."""
    return Call(
        REQUEST_EMAIL_VERIFICATION,
        "/email-verifications",
    )


CONFIRM_EMAIL_VERIFICATION: Operation[None] = Operation(
    package="steelyard_client",
    key="confirm_email_verification",
    name="confirmEmailVerification",
    method="POST",
    path="/email-verifications/confirm",
    parse=None,
    returns=(),
    status=204,
    media="application/json",
    secrets=frozenset(
        {
            "token",
        }
    ),
    problems=(
        "InvalidMailToken",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def confirm_email_verification(*, token: str) -> Call[None]:
    """Verify an e-mail address: POST /email-verifications/confirm."""
    return Call(
        CONFIRM_EMAIL_VERIFICATION,
        "/email-verifications/confirm",
        content=_json_body({"token": token}),
    )


REQUEST_PASSWORD_RESET: Operation[None] = Operation(
    package="steelyard_client",
    key="request_password_reset",
    name="requestPasswordReset",
    method="POST",
    path="/password-resets",
    parse=None,
    returns=(),
    status=202,
    safe=True,
    media="application/json",
    problems=("BodyTooLarge", "UnsupportedMediaType", "ValidationFailed", "RateLimited", "InternalError", "Unavailable"),
)


def request_password_reset(*, email: str) -> Call[None]:
    """Request a mail to reset your password: POST /password-resets."""
    return Call(
        REQUEST_PASSWORD_RESET,
        "/password-resets",
        content=_json_body({"email": email}),
    )


CONFIRM_PASSWORD_RESET: Operation[None] = Operation(
    package="steelyard_client",
    key="confirm_password_reset",
    name="confirmPasswordReset",
    method="POST",
    path="/password-resets/confirm",
    parse=None,
    returns=(),
    status=204,
    media="application/json",
    secrets=frozenset(
        {
            "new_password",
            "token",
        }
    ),
    problems=(
        "InvalidMailToken",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def confirm_password_reset(*, token: str, new_password: str) -> Call[None]:
    """Set a new password: POST /password-resets/confirm."""
    return Call(
        CONFIRM_PASSWORD_RESET,
        "/password-resets/confirm",
        content=_json_body({"token": token, "new_password": new_password}),
    )


class Auth(Resource):
    """`client.auth`."""

    def issue_token(
        self,
        *,
        grant_type: GrantType | Literal["password", "refresh_token", "authorization_code"] | Unset = UNSET,
        username: str | Unset = UNSET,
        password: str | Unset = UNSET,
        refresh_token: str | Unset = UNSET,
        scope: str | Unset = UNSET,
        client_id: str | Unset = UNSET,
        code: str | Unset = UNSET,
        redirect_uri: str | Unset = UNSET,
        code_verifier: str | Unset = UNSET,
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

        With `grant_type` `authorization_code`, a registered client exchanges the code that authorize has led to. A code
        works once, within a minute, for the same client and redirect URI, and with the verifier of the code challenge
        (RFC 7636). A code that arrives twice ends the session that was made from it.

        A client that accepts `application/json` and not `application/problem+json` gets problems as `application/json`,
        with the same bytes.

        Args:
            grant_type: `password`: log in with e-mail and password. `refresh_token`: get a new token without them.
                `authorization_code`: exchange the code of a login with a third party. ('password' if left out)
            username: The e-mail address. Case does not matter. (1 to 254 characters)
            password: The password. Case matters. (1 to 128 characters)
            refresh_token: The refresh token of the last response. It works once; a second use revokes the session. (47
                characters)
            scope: The requested scopes, separated by spaces. If left out or empty, you get all scopes of your role.
                Scopes that your role lacks are ignored. A refresh can only request scopes that the session has. (up to
                1 000 characters)
            client_id: The client that began the login with a third party; ignored for other grant types. (up to 255
                characters)
            code: The code that authorize has led to. It works once, within a minute. (up to 255 characters)
            redirect_uri: The redirect URI that was sent to authorize. (1 to 2 000 characters)
            code_verifier: The random text whose SHA-256 was the code challenge (RFC 7636). (43 to 128 characters)
            client_secret: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)

        Raises:
            errors.InvalidGrant, errors.UnauthorizedClient, errors.InvalidCredentials, errors.InvalidRefreshToken,
            errors.RefreshTokenReused, errors.AccountDisabled, errors.NotAcceptable, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return self._client.call(
            issue_token(
                grant_type=grant_type,
                username=username,
                password=password,
                refresh_token=refresh_token,
                scope=scope,
                client_id=client_id,
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
                client_secret=client_secret,
            ),
            timeout=timeout,
            headers=headers,
        )

    def list_credentials(
        self,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Pages[Credential]:
        """List your sessions and API keys

        The active ones, newest first: neither revoked nor expired. Revoke those that you do not recognise.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotAcceptable
        """
        return Pages(self._client, list_credentials(skip=skip, limit=limit, cursor=cursor), timeout=timeout, headers=headers)

    def create_api_key(
        self,
        *,
        name: str,
        scopes: Sequence[
            Scope
            | Literal[
                "account:read",
                "account:write",
                "items:write",
                "orders:read",
                "orders:write",
                "sales:write",
                "events:read",
                "webhooks:manage",
                "users:read",
                "users:write",
                "promotions:manage",
            ]
        ],
        expires_at: datetime.datetime | None | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> ApiKeyCreated:
        """Create an API key

        For programs that act for you without your password: send the secret as `Authorization: Bearer syk_...`. A key
        has a name and the scopes that you choose among those of your session, without `account:write`; if your role
        changes, the key loses the scopes that the new role lacks. It lasts until it expires or revokeCredential revokes
        it. You can have 20 active keys.

        The response is the only one that has the secret, and the server stores only its hash. With an `Idempotency-Key`
        a retry gets it again, because the stored response is encrypted.

        This requires a login with the password less than an hour ago; refreshing a token does not count as a login.

        Args:
            name: What the key is for; one line, not blank. It need not be unique. (1 to 100 characters)
            scopes: What the key may do. You need each of these scopes yourself, and `account:write` is not possible. (1
                to 11 entries; unique)
            expires_at: When the key expires, which must be in the future (`expires_in_the_past`). Without it, the key
                does not expire.
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.FreshLoginRequired, errors.ScopeAmplification,
            errors.NotAcceptable, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return self._client.call(
            create_api_key(name=name, scopes=scopes, expires_at=expires_at, idempotency_key=idempotency_key),
            timeout=timeout,
            headers=headers,
        )

    def get_authorization_server(
        self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> AuthorizationServer:
        """Read the metadata for clients of OAuth 2

        The metadata of RFC 8414, with which libraries configure themselves. It is the same for every caller. A server
        without a public address has none.

        Raises:
            errors.NoAuthorizationServer, errors.NotAcceptable
        """
        return self._client.call(get_authorization_server(), timeout=timeout, headers=headers)

    def list_login_providers(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> LoginProviders:
        """List the identity providers

        The providers that authorize accepts, in the order in which pages should show them.

        Raises:
            errors.NotAcceptable
        """
        return self._client.call(list_login_providers(), timeout=timeout, headers=headers)

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

    def request_email_verification(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Request a mail to verify your e-mail address

        Sends a mail to the address of your account, with a token or a link that is valid for 24 hours. If the address
        is verified already, no mail is sent. You can request three mails an hour.

        Raises:
            errors.InsufficientScope
        """
        return self._client.call(request_email_verification(), timeout=timeout, headers=headers)

    def confirm_email_verification(self, *, token: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Verify an e-mail address

        Needs no login, because the mail may be opened on another device. A token works once, and only while the account
        has the address that the mail was sent to.

        Args:
            token: The token in the mail, or at the end of its link. (47 characters)

        Raises:
            errors.InvalidMailToken, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(confirm_email_verification(token=token), timeout=timeout, headers=headers)

    def request_password_reset(self, *, email: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Request a mail to reset your password

        Sends a mail with a token or a link that is valid for an hour, if an account that is not locked has this
        address: at most three mails an hour for each account. The response is the same in any case, so it reveals no
        accounts.

        Args:
            email: The address of the account. Case does not matter. (up to 254 characters)

        Raises:
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(request_password_reset(email=email), timeout=timeout, headers=headers)

    def confirm_password_reset(
        self, *, token: str, new_password: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Set a new password

        Sets the password of the account that the mail was sent to, verifies its e-mail address and revokes all its
        sessions; API keys stay. A token works once. The account gets a mail that says so.

        Args:
            token: The token in the mail, or at the end of its link. (47 characters)
            new_password: The new password. The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.InvalidMailToken, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(confirm_password_reset(token=token, new_password=new_password), timeout=timeout, headers=headers)


class AsyncAuth(AsyncResource):
    """`client.auth`."""

    async def issue_token(
        self,
        *,
        grant_type: GrantType | Literal["password", "refresh_token", "authorization_code"] | Unset = UNSET,
        username: str | Unset = UNSET,
        password: str | Unset = UNSET,
        refresh_token: str | Unset = UNSET,
        scope: str | Unset = UNSET,
        client_id: str | Unset = UNSET,
        code: str | Unset = UNSET,
        redirect_uri: str | Unset = UNSET,
        code_verifier: str | Unset = UNSET,
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

        With `grant_type` `authorization_code`, a registered client exchanges the code that authorize has led to. A code
        works once, within a minute, for the same client and redirect URI, and with the verifier of the code challenge
        (RFC 7636). A code that arrives twice ends the session that was made from it.

        A client that accepts `application/json` and not `application/problem+json` gets problems as `application/json`,
        with the same bytes.

        Args:
            grant_type: `password`: log in with e-mail and password. `refresh_token`: get a new token without them.
                `authorization_code`: exchange the code of a login with a third party. ('password' if left out)
            username: The e-mail address. Case does not matter. (1 to 254 characters)
            password: The password. Case matters. (1 to 128 characters)
            refresh_token: The refresh token of the last response. It works once; a second use revokes the session. (47
                characters)
            scope: The requested scopes, separated by spaces. If left out or empty, you get all scopes of your role.
                Scopes that your role lacks are ignored. A refresh can only request scopes that the session has. (up to
                1 000 characters)
            client_id: The client that began the login with a third party; ignored for other grant types. (up to 255
                characters)
            code: The code that authorize has led to. It works once, within a minute. (up to 255 characters)
            redirect_uri: The redirect URI that was sent to authorize. (1 to 2 000 characters)
            code_verifier: The random text whose SHA-256 was the code challenge (RFC 7636). (43 to 128 characters)
            client_secret: Accepted because Swagger UI sends it, and ignored. (up to 255 characters)

        Raises:
            errors.InvalidGrant, errors.UnauthorizedClient, errors.InvalidCredentials, errors.InvalidRefreshToken,
            errors.RefreshTokenReused, errors.AccountDisabled, errors.NotAcceptable, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return await self._client.call(
            issue_token(
                grant_type=grant_type,
                username=username,
                password=password,
                refresh_token=refresh_token,
                scope=scope,
                client_id=client_id,
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
                client_secret=client_secret,
            ),
            timeout=timeout,
            headers=headers,
        )

    def list_credentials(
        self,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncPages[Credential]:
        """List your sessions and API keys

        The active ones, newest first: neither revoked nor expired. Revoke those that you do not recognise.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.NotAcceptable
        """
        return AsyncPages(self._client, list_credentials(skip=skip, limit=limit, cursor=cursor), timeout=timeout, headers=headers)

    async def create_api_key(
        self,
        *,
        name: str,
        scopes: Sequence[
            Scope
            | Literal[
                "account:read",
                "account:write",
                "items:write",
                "orders:read",
                "orders:write",
                "sales:write",
                "events:read",
                "webhooks:manage",
                "users:read",
                "users:write",
                "promotions:manage",
            ]
        ],
        expires_at: datetime.datetime | None | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> ApiKeyCreated:
        """Create an API key

        For programs that act for you without your password: send the secret as `Authorization: Bearer syk_...`. A key
        has a name and the scopes that you choose among those of your session, without `account:write`; if your role
        changes, the key loses the scopes that the new role lacks. It lasts until it expires or revokeCredential revokes
        it. You can have 20 active keys.

        The response is the only one that has the secret, and the server stores only its hash. With an `Idempotency-Key`
        a retry gets it again, because the stored response is encrypted.

        This requires a login with the password less than an hour ago; refreshing a token does not count as a login.

        Args:
            name: What the key is for; one line, not blank. It need not be unique. (1 to 100 characters)
            scopes: What the key may do. You need each of these scopes yourself, and `account:write` is not possible. (1
                to 11 entries; unique)
            expires_at: When the key expires, which must be in the future (`expires_in_the_past`). Without it, the key
                does not expire.
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.FreshLoginRequired, errors.ScopeAmplification,
            errors.NotAcceptable, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            create_api_key(name=name, scopes=scopes, expires_at=expires_at, idempotency_key=idempotency_key),
            timeout=timeout,
            headers=headers,
        )

    async def get_authorization_server(
        self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> AuthorizationServer:
        """Read the metadata for clients of OAuth 2

        The metadata of RFC 8414, with which libraries configure themselves. It is the same for every caller. A server
        without a public address has none.

        Raises:
            errors.NoAuthorizationServer, errors.NotAcceptable
        """
        return await self._client.call(get_authorization_server(), timeout=timeout, headers=headers)

    async def list_login_providers(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> LoginProviders:
        """List the identity providers

        The providers that authorize accepts, in the order in which pages should show them.

        Raises:
            errors.NotAcceptable
        """
        return await self._client.call(list_login_providers(), timeout=timeout, headers=headers)

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

    async def request_email_verification(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Request a mail to verify your e-mail address

        Sends a mail to the address of your account, with a token or a link that is valid for 24 hours. If the address
        is verified already, no mail is sent. You can request three mails an hour.

        Raises:
            errors.InsufficientScope
        """
        return await self._client.call(request_email_verification(), timeout=timeout, headers=headers)

    async def confirm_email_verification(
        self, *, token: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Verify an e-mail address

        Needs no login, because the mail may be opened on another device. A token works once, and only while the account
        has the address that the mail was sent to.

        Args:
            token: The token in the mail, or at the end of its link. (47 characters)

        Raises:
            errors.InvalidMailToken, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(confirm_email_verification(token=token), timeout=timeout, headers=headers)

    async def request_password_reset(
        self, *, email: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Request a mail to reset your password

        Sends a mail with a token or a link that is valid for an hour, if an account that is not locked has this
        address: at most three mails an hour for each account. The response is the same in any case, so it reveals no
        accounts.

        Args:
            email: The address of the account. Case does not matter. (up to 254 characters)

        Raises:
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(request_password_reset(email=email), timeout=timeout, headers=headers)

    async def confirm_password_reset(
        self, *, token: str, new_password: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Set a new password

        Sets the password of the account that the mail was sent to, verifies its e-mail address and revokes all its
        sessions; API keys stay. A token works once. The account gets a mail that says so.

        Args:
            token: The token in the mail, or at the end of its link. (47 characters)
            new_password: The new password. The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.InvalidMailToken, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(confirm_password_reset(token=token, new_password=new_password), timeout=timeout, headers=headers)
