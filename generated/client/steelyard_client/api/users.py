# `nox -s generate`: never edit.
"""The tag `users`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import (
    Call,
    headers as _headers,
    if_match_value as _if_match_value,
    json_body as _json_body,
    query as _query,
    segment as _segment,
)
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unknown, Unset, Versioned, variant
from steelyard_runtime.operation import Link, Operation
from steelyard_runtime.pages import AsyncPages, Pages

from ..models.users import Address, Identity, IdentityLink, IdentityList, User, UserPage, UserPublic

if TYPE_CHECKING:
    from ..models.inputs import AddressCreate, AddressCreateDict, UserSort
    from ..models.users import Role

LIST_USERS: Operation[UserPage] = Operation(
    package="steelyard_client",
    key="list_users",
    name="listUsers",
    method="GET",
    path="/users",
    parse=UserPage.from_dict,
    returns=(UserPage,),
    secured=True,
    scopes=("users:read",),
    link=Link("cursor", "next_cursor", (("skip", "0"),)),
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "StaffRequired",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def list_users(
    *,
    q: str | Unset = UNSET,
    role: Role | Literal["user", "support", "admin"] | Unset = UNSET,
    is_active: bool | Unset = UNSET,
    sort: UserSort | Literal["id", "-created_at"] | Unset = UNSET,
    skip: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> Call[UserPage]:
    """List and search accounts: GET /users."""
    return Call(
        LIST_USERS,
        "/users",
        query=_query(q=q, role=role, is_active=is_active, sort=sort, skip=skip, limit=limit, cursor=cursor),
    )


CREATE_USER: Operation[User] = Operation(
    package="steelyard_client",
    key="create_user",
    name="createUser",
    method="POST",
    path="/users",
    parse=User.from_dict,
    returns=(User,),
    status=201,
    media="application/json",
    secrets=frozenset(
        {
            "password",
        }
    ),
    problems=(
        "EmailAlreadyRegistered",
        "NotAcceptable",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def create_user(
    *,
    name: str,
    email: str,
    password: str,
    age: int | None | Unset = UNSET,
    bio: str | None | Unset = UNSET,
    addresses: Sequence[AddressCreate | AddressCreateDict] | Unset = UNSET,
) -> Call[User]:
    """Register: POST /users."""
    return Call(
        CREATE_USER,
        "/users",
        content=_json_body({"name": name, "email": email, "password": password, "age": age, "bio": bio, "addresses": addresses}),
    )


GET_CURRENT_USER: Operation[User] = Operation(
    package="steelyard_client",
    key="get_current_user",
    name="getCurrentUser",
    method="GET",
    path="/users/me",
    parse=User.from_dict,
    returns=(User,),
    secured=True,
    scopes=("account:read",),
    problems=("NotAuthenticated", "InvalidToken", "InsufficientScope", "NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def get_current_user(*, if_none_match: str | None = None) -> Call[User]:
    """Read your own account: GET /users/me."""
    return Call(
        GET_CURRENT_USER,
        "/users/me",
        headers=_headers(
            ("If-None-Match", if_none_match),
        ),
    )


CHANGE_PASSWORD: Operation[None] = Operation(
    package="steelyard_client",
    key="change_password",
    name="changePassword",
    method="PUT",
    path="/users/me/password",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    scopes=("account:write",),
    media="application/json",
    secrets=frozenset(
        {
            "current_password",
            "new_password",
        }
    ),
    problems=(
        "PasswordIncorrect",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def change_password(*, current_password: str, new_password: str) -> Call[None]:
    """Change your password: PUT /users/me/password."""
    return Call(
        CHANGE_PASSWORD,
        "/users/me/password",
        content=_json_body({"current_password": current_password, "new_password": new_password}),
    )


GET_USER: Operation[User | UserPublic | Unknown] = Operation(
    package="steelyard_client",
    key="get_user",
    name="getUser",
    method="GET",
    path="/users/{user_id}",
    parse=lambda data: variant(data, "view", {"full": User, "public": UserPublic}),
    returns=(
        User,
        UserPublic,
        Unknown,
    ),
    secured=True,
    optional=True,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "UserNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def get_user(user_id: int, *, if_none_match: str | None = None) -> Call[User | UserPublic | Unknown]:
    """Read an account: GET /users/{user_id}."""
    return Call(
        GET_USER,
        f"/users/{_segment(user_id)}",
        headers=_headers(
            ("If-None-Match", if_none_match),
        ),
    )


UPDATE_USER: Operation[User] = Operation(
    package="steelyard_client",
    key="update_user",
    name="updateUser",
    method="PUT",
    path="/users/{user_id}",
    parse=User.from_dict,
    returns=(User,),
    secured=True,
    scopes=("account:write", "users:write"),
    guarded=True,
    media="application/json",
    problems=(
        "EmailAlreadyRegistered",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "SessionRequired",
        "FreshLoginRequired",
        "UserNotFound",
        "NotAcceptable",
        "PreconditionFailed",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def update_user(
    user_id: int,
    *,
    name: str,
    email: str,
    age: int | None | Unset = UNSET,
    bio: str | None | Unset = UNSET,
    if_match: str | Versioned | None = None,
) -> Call[User]:
    """Change a profile: PUT /users/{user_id}."""
    return Call(
        UPDATE_USER,
        f"/users/{_segment(user_id)}",
        content=_json_body({"name": name, "email": email, "age": age, "bio": bio}),
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
        ),
    )


DELETE_USER: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_user",
    name="deleteUser",
    method="DELETE",
    path="/users/{user_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    scopes=("users:write", "account:write"),
    guarded=True,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "SessionRequired",
        "FreshLoginRequired",
        "UserNotFound",
        "OpenOrders",
        "LastAdmin",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def delete_user(user_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Delete an account: DELETE /users/{user_id}."""
    return Call(
        DELETE_USER,
        f"/users/{_segment(user_id)}",
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
        ),
    )


SET_USER_ACCESS: Operation[User] = Operation(
    package="steelyard_client",
    key="set_user_access",
    name="setUserAccess",
    method="PUT",
    path="/users/{user_id}/access",
    parse=User.from_dict,
    returns=(User,),
    secured=True,
    scopes=("users:write",),
    guarded=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AdminRequired",
        "UserNotFound",
        "NotAcceptable",
        "LastAdmin",
        "PreconditionFailed",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def set_user_access(
    user_id: int, *, role: Role | Literal["user", "support", "admin"], is_active: bool, if_match: str | Versioned | None = None
) -> Call[User]:
    """Set a role, lock or unlock an account: PUT /users/{user_id}/access."""
    return Call(
        SET_USER_ACCESS,
        f"/users/{_segment(user_id)}/access",
        content=_json_body({"role": role, "is_active": is_active}),
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
        ),
    )


LIST_IDENTITIES: Operation[IdentityList] = Operation(
    package="steelyard_client",
    key="list_identities",
    name="listIdentities",
    method="GET",
    path="/users/me/identities",
    parse=IdentityList.from_dict,
    returns=(IdentityList,),
    secured=True,
    scopes=("account:read",),
    problems=("NotAuthenticated", "InvalidToken", "InsufficientScope", "NotAcceptable", "RateLimited", "InternalError", "Unavailable"),
)


def list_identities() -> Call[IdentityList]:
    """List your identities at third parties: GET /users/me/identities."""
    return Call(
        LIST_IDENTITIES,
        "/users/me/identities",
    )


FINISH_IDENTITY_LINK: Operation[Identity] = Operation(
    package="steelyard_client",
    key="finish_identity_link",
    name="finishIdentityLink",
    method="POST",
    path="/users/me/identities",
    parse=Identity.from_dict,
    returns=(Identity,),
    status=201,
    secured=True,
    scopes=("account:write",),
    keyed=True,
    media="application/json",
    secrets=frozenset(
        {
            "code",
            "code_verifier",
        }
    ),
    problems=(
        "InvalidGrant",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "NotAcceptable",
        "IdentityTaken",
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


def finish_identity_link(
    *, client_id: str, code: str, redirect_uri: str, code_verifier: str, idempotency_key: str | None = None
) -> Call[Identity]:
    """Link an identity, with the code of its login: POST /users/me/identities."""
    return Call(
        FINISH_IDENTITY_LINK,
        "/users/me/identities",
        content=_json_body({"client_id": client_id, "code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier}),
        idempotency_key=idempotency_key,
    )


DELETE_IDENTITY: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_identity",
    name="deleteIdentity",
    method="DELETE",
    path="/users/me/identities/{identity_id}",
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
        "FreshLoginRequired",
        "IdentityNotFound",
        "LastLoginMethod",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def delete_identity(identity_id: int) -> Call[None]:
    """Remove an identity: DELETE /users/me/identities/{identity_id}."""
    return Call(
        DELETE_IDENTITY,
        f"/users/me/identities/{_segment(identity_id)}",
    )


START_IDENTITY_LINK: Operation[IdentityLink] = Operation(
    package="steelyard_client",
    key="start_identity_link",
    name="startIdentityLink",
    method="POST",
    path="/users/me/identity-links",
    parse=IdentityLink.from_dict,
    returns=(IdentityLink,),
    secured=True,
    scopes=("account:write",),
    safe=True,
    media="application/json",
    problems=(
        "InvalidClient",
        "InvalidRedirectUri",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "SessionRequired",
        "FreshLoginRequired",
        "ProviderNotFound",
        "NotAcceptable",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def start_identity_link(
    *, provider: str, client_id: str, redirect_uri: str, code_challenge: str, state: str | Unset = UNSET
) -> Call[IdentityLink]:
    """Begin to link an identity: POST /users/me/identity-links."""
    return Call(
        START_IDENTITY_LINK,
        "/users/me/identity-links",
        content=_json_body(
            {"provider": provider, "client_id": client_id, "redirect_uri": redirect_uri, "code_challenge": code_challenge, "state": state}
        ),
    )


CREATE_ADDRESS: Operation[Address] = Operation(
    package="steelyard_client",
    key="create_address",
    name="createAddress",
    method="POST",
    path="/users/me/addresses",
    parse=Address.from_dict,
    returns=(Address,),
    status=201,
    secured=True,
    scopes=("account:write",),
    keyed=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
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


def create_address(
    *,
    street: str,
    city: str,
    zip_code: str,
    label: str | None | Unset = UNSET,
    country: str | Unset = UNSET,
    is_default: bool | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Address]:
    """Add an address: POST /users/me/addresses."""
    return Call(
        CREATE_ADDRESS,
        "/users/me/addresses",
        content=_json_body(
            {"street": street, "city": city, "zip_code": zip_code, "label": label, "country": country, "is_default": is_default}
        ),
        idempotency_key=idempotency_key,
    )


UPDATE_ADDRESS: Operation[Address] = Operation(
    package="steelyard_client",
    key="update_address",
    name="updateAddress",
    method="PUT",
    path="/users/me/addresses/{address_id}",
    parse=Address.from_dict,
    returns=(Address,),
    secured=True,
    scopes=("account:write",),
    guarded=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AddressNotFound",
        "NotAcceptable",
        "PreconditionFailed",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def update_address(
    address_id: int,
    *,
    street: str,
    city: str,
    zip_code: str,
    label: str | None | Unset = UNSET,
    country: str | Unset = UNSET,
    is_default: bool | Unset = UNSET,
    if_match: str | Versioned | None = None,
) -> Call[Address]:
    """Change an address: PUT /users/me/addresses/{address_id}."""
    return Call(
        UPDATE_ADDRESS,
        f"/users/me/addresses/{_segment(address_id)}",
        content=_json_body(
            {"street": street, "city": city, "zip_code": zip_code, "label": label, "country": country, "is_default": is_default}
        ),
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
        ),
    )


DELETE_ADDRESS: Operation[None] = Operation(
    package="steelyard_client",
    key="delete_address",
    name="deleteAddress",
    method="DELETE",
    path="/users/me/addresses/{address_id}",
    parse=None,
    returns=(),
    status=204,
    secured=True,
    scopes=("account:write",),
    guarded=True,
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "AddressNotFound",
        "PreconditionFailed",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def delete_address(address_id: int, *, if_match: str | Versioned | None = None) -> Call[None]:
    """Remove an address: DELETE /users/me/addresses/{address_id}."""
    return Call(
        DELETE_ADDRESS,
        f"/users/me/addresses/{_segment(address_id)}",
        headers=_headers(
            ("If-Match", _if_match_value(if_match)),
        ),
    )


class Users(Resource):
    """`client.users`."""

    def list(
        self,
        *,
        q: str | Unset = UNSET,
        role: Role | Literal["user", "support", "admin"] | Unset = UNSET,
        is_active: bool | Unset = UNSET,
        sort: UserSort | Literal["id", "-created_at"] | Unset = UNSET,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Pages[User]:
        """List and search accounts

        For support and admin. Deleted accounts are not listed. An account must match all filters.

        Args:
            q: Text that occurs in the name or the e-mail address. Case does not matter. (1 to 100 characters)
            role: Only accounts with this role.
            is_active: `true`: only active accounts. `false`: only locked accounts.
            sort: Oldest or newest first. ('id' if left out)
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.StaffRequired, errors.NotAcceptable
        """
        return Pages(
            self._client,
            list_users(q=q, role=role, is_active=is_active, sort=sort, skip=skip, limit=limit, cursor=cursor),
            timeout=timeout,
            headers=headers,
        )

    def create(
        self,
        *,
        name: str,
        email: str,
        password: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        addresses: Sequence[AddressCreate | AddressCreateDict] | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Register

        Creates an account with the role `user`. It can be used at once: log in with issueToken. This is the only
        response that shows a full account without a login.

        The response reveals whether an e-mail address is taken. That is deliberate, and the reason why registrations
        are limited to a few a minute.

        Args:
            name: The public name; one line, not blank. It need not be unique. (1 to 100 characters)
            email: Your login, unique among all accounts. Only you and staff can see it. (up to 254 characters)
            password: Never returned. Any characters are allowed, but not one of the most common passwords, your name or
                your e-mail address (`password_too_common`). (8 to 128 characters)
            age: The user's age. (13 to 150)
            bio: A few public words about yourself. (up to 500 characters)
            addresses: Your addresses. You can add more later. (up to 20 entries)

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAcceptable, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(
            create_user(name=name, email=email, password=password, age=age, bio=bio, addresses=addresses), timeout=timeout, headers=headers
        )

    def get_current(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> User:
        """Read your own account

        Usually the first request after a login. The response contains your id, your role and your addresses.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable
        """
        return self._client.call(get_current_user(), timeout=timeout, headers=headers)

    def change_password(
        self, *, current_password: str, new_password: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Change your password

        Revokes all your other sessions and keeps the current one. A wrong current password counts as a failed login, so
        after ten of them the response is a 429 until the time in `Retry-After` has passed.

        Args:
            current_password: Your current password. (1 to 128 characters)
            new_password: Your new password. The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.PasswordIncorrect, errors.InsufficientScope, errors.SessionRequired, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return self._client.call(
            change_password(current_password=current_password, new_password=new_password), timeout=timeout, headers=headers
        )

    def get(
        self, user_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> User | UserPublic | Unknown:
        """Read an account

        Every caller gets the public account. You (with the scope `account:read`) and staff (with `users:read`) get the
        full account; a token without that scope gets the public account, not a problem. A deleted account is a 404.

        Args:
            user_id: The id of the user. (1 or more)

        Raises:
            errors.UserNotFound, errors.NotAcceptable
        """
        return self._client.call(get_user(user_id), timeout=timeout, headers=headers)

    def update(
        self,
        user_id: int,
        *,
        name: str,
        email: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Change a profile

        Changes your own profile or, as an admin, that of any user. The body replaces the profile: an age or bio that is
        left out is cleared. Password, role and addresses have separate operations.

        A change of the e-mail address requires a login with the password less than an hour ago, for admins, too;
        refreshing a token does not count as a login. The old address gets a mail about the change.

        Args:
            user_id: The id of the user. (1 or more)
            name: The public name; one line, not blank. (1 to 100 characters)
            email: The new login. A change requires a recent login; sessions stay open. (up to 254 characters)
            age: The user's age. (13 to 150)
            bio: A few public words about yourself. (up to 500 characters)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.EmailAlreadyRegistered, errors.InsufficientScope, errors.AdminRequired, errors.SessionRequired,
            errors.FreshLoginRequired, errors.UserNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(
            update_user(user_id, name=name, email=email, age=age, bio=bio, if_match=if_match), timeout=timeout, headers=headers
        )

    def delete(
        self,
        user_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Delete an account

        This cannot be undone. Name, addresses, password and sessions are erased and the items are archived; orders
        stay, without personal data. The e-mail address can be registered again.

        To delete your own account you need a login with the password less than an hour ago; refreshing a token does not
        count as a login. Open orders, bought or sold, must be finished first.

        Args:
            user_id: The id of the user. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AdminRequired, errors.SessionRequired, errors.FreshLoginRequired,
            errors.UserNotFound, errors.OpenOrders, errors.LastAdmin, errors.PreconditionFailed
        """
        return self._client.call(delete_user(user_id, if_match=if_match), timeout=timeout, headers=headers)

    def set_access(
        self,
        user_id: int,
        *,
        role: Role | Literal["user", "support", "admin"],
        is_active: bool,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Set a role, lock or unlock an account

        For admins. Admins can change their own access, too, except for the last active admin. It takes effect with the
        user's next request: issued tokens lose the scopes that the new role lacks, and a locked account has no valid
        token.

        Locking turns the user's active items into drafts; unlocking does not put them back on sale.

        Args:
            user_id: The id of the user. (1 or more)
            role: `user`: buys and sells. `support`: can also read all accounts and orders. `admin`: can do everything.
            is_active: False locks the account and takes its items off sale.
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AdminRequired, errors.UserNotFound, errors.NotAcceptable, errors.LastAdmin,
            errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(
            set_user_access(user_id, role=role, is_active=is_active, if_match=if_match), timeout=timeout, headers=headers
        )

    def list_identities(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> IdentityList:
        """List your identities at third parties

        Those that you can log in with, newest first. There are at most 5, so the list has no pages.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable
        """
        return self._client.call(list_identities(), timeout=timeout, headers=headers)

    def finish_identity_link(
        self,
        *,
        client_id: str,
        code: str,
        redirect_uri: str,
        code_verifier: str,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Identity:
        """Link an identity, with the code of its login

        The last step of a link that startIdentityLink has begun: exchanges the code in the redirect URI, which works
        once, within a minute, for the same user, client and redirect URI, and with the verifier of the code challenge.
        From then on you can log in with the identity. You can have 5 identities. Your verified address gets a mail that
        says so.

        Args:
            client_id: The client that began the link. (up to 255 characters)
            code: The code in the redirect URI. (up to 255 characters)
            redirect_uri: The redirect URI of the link. (up to 2 000 characters)
            code_verifier: The random text whose SHA-256 was the code challenge. (43 to 128 characters)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InvalidGrant, errors.InsufficientScope, errors.SessionRequired, errors.NotAcceptable,
            errors.IdentityTaken, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return self._client.call(
            finish_identity_link(
                client_id=client_id, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )

    def delete_identity(self, identity_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> None:
        """Remove an identity

        You can no longer log in with it; sessions stay. The last identity of an account without a password cannot be
        removed: set a password first. Your verified address gets a mail that says so.

        This requires a login less than an hour ago; refreshing a token does not count as a login.

        Args:
            identity_id: The id of an identity. (1 or more)

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.FreshLoginRequired, errors.IdentityNotFound,
            errors.LastLoginMethod
        """
        return self._client.call(delete_identity(identity_id), timeout=timeout, headers=headers)

    def start_identity_link(
        self,
        *,
        provider: str,
        client_id: str,
        redirect_uri: str,
        code_challenge: str,
        state: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> IdentityLink:
        """Begin to link an identity

        Open `authorization_url` in a browser within ten minutes. It works once, and leads to the identity provider and
        from there to the redirect URI, with a code for finishIdentityLink or with an error, like authorize.

        This requires a login less than an hour ago; refreshing a token does not count as a login.

        Args:
            provider: The id of an identity provider. (up to 32 characters)
            client_id: The id of a client that the operator of this server has registered. (up to 255 characters)
            redirect_uri: One of the registered addresses of the client. (up to 2 000 characters)
            code_challenge: The base64url of the SHA-256 of a random code verifier, which finishIdentityLink needs. (43
                characters)
            state: Sent back unchanged, so that the client recognises its own request. (up to 512 characters)

        Raises:
            errors.InvalidClient, errors.InvalidRedirectUri, errors.InsufficientScope, errors.SessionRequired,
            errors.FreshLoginRequired, errors.ProviderNotFound, errors.NotAcceptable, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return self._client.call(
            start_identity_link(
                provider=provider, client_id=client_id, redirect_uri=redirect_uri, code_challenge=code_challenge, state=state
            ),
            timeout=timeout,
            headers=headers,
        )

    def create_address(
        self,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Address:
        """Add an address

        Adds an address to your account, which can have at most 20. getCurrentUser returns them all.

        Args:
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: Your name for the address. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. An account has at most one default address: a new
                default replaces the old one, and of several in one request the last one wins. (False if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return self._client.call(
            create_address(
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                idempotency_key=idempotency_key,
            ),
            timeout=timeout,
            headers=headers,
        )

    def update_address(
        self,
        address_id: int,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Address:
        """Change an address

        The body replaces the address; members that are left out get their defaults. Existing orders keep the old
        address.

        Args:
            address_id: The id of one of your addresses. An address of another user is a 404. (1 or more)
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: Your name for the address. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. An account has at most one default address: a new
                default replaces the old one, and of several in one request the last one wins. (False if left out)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AddressNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return self._client.call(
            update_address(
                address_id,
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                if_match=if_match,
            ),
            timeout=timeout,
            headers=headers,
        )

    def delete_address(
        self,
        address_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Remove an address

        Existing orders keep the address. If it was the default address, the account has no default address then.

        Args:
            address_id: The id of one of your addresses. An address of another user is a 404. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AddressNotFound, errors.PreconditionFailed
        """
        return self._client.call(delete_address(address_id, if_match=if_match), timeout=timeout, headers=headers)


class AsyncUsers(AsyncResource):
    """`client.users`."""

    def list(
        self,
        *,
        q: str | Unset = UNSET,
        role: Role | Literal["user", "support", "admin"] | Unset = UNSET,
        is_active: bool | Unset = UNSET,
        sort: UserSort | Literal["id", "-created_at"] | Unset = UNSET,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncPages[User]:
        """List and search accounts

        For support and admin. Deleted accounts are not listed. An account must match all filters.

        Args:
            q: Text that occurs in the name or the e-mail address. Case does not matter. (1 to 100 characters)
            role: Only accounts with this role.
            is_active: `true`: only active accounts. `false`: only locked accounts.
            sort: Oldest or newest first. ('id' if left out)
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.StaffRequired, errors.NotAcceptable
        """
        return AsyncPages(
            self._client,
            list_users(q=q, role=role, is_active=is_active, sort=sort, skip=skip, limit=limit, cursor=cursor),
            timeout=timeout,
            headers=headers,
        )

    async def create(
        self,
        *,
        name: str,
        email: str,
        password: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        addresses: Sequence[AddressCreate | AddressCreateDict] | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Register

        Creates an account with the role `user`. It can be used at once: log in with issueToken. This is the only
        response that shows a full account without a login.

        The response reveals whether an e-mail address is taken. That is deliberate, and the reason why registrations
        are limited to a few a minute.

        Args:
            name: The public name; one line, not blank. It need not be unique. (1 to 100 characters)
            email: Your login, unique among all accounts. Only you and staff can see it. (up to 254 characters)
            password: Never returned. Any characters are allowed, but not one of the most common passwords, your name or
                your e-mail address (`password_too_common`). (8 to 128 characters)
            age: The user's age. (13 to 150)
            bio: A few public words about yourself. (up to 500 characters)
            addresses: Your addresses. You can add more later. (up to 20 entries)

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAcceptable, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(
            create_user(name=name, email=email, password=password, age=age, bio=bio, addresses=addresses), timeout=timeout, headers=headers
        )

    async def get_current(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> User:
        """Read your own account

        Usually the first request after a login. The response contains your id, your role and your addresses.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable
        """
        return await self._client.call(get_current_user(), timeout=timeout, headers=headers)

    async def change_password(
        self, *, current_password: str, new_password: str, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Change your password

        Revokes all your other sessions and keeps the current one. A wrong current password counts as a failed login, so
        after ten of them the response is a 429 until the time in `Retry-After` has passed.

        Args:
            current_password: Your current password. (1 to 128 characters)
            new_password: Your new password. The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.PasswordIncorrect, errors.InsufficientScope, errors.SessionRequired, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return await self._client.call(
            change_password(current_password=current_password, new_password=new_password), timeout=timeout, headers=headers
        )

    async def get(
        self, user_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> User | UserPublic | Unknown:
        """Read an account

        Every caller gets the public account. You (with the scope `account:read`) and staff (with `users:read`) get the
        full account; a token without that scope gets the public account, not a problem. A deleted account is a 404.

        Args:
            user_id: The id of the user. (1 or more)

        Raises:
            errors.UserNotFound, errors.NotAcceptable
        """
        return await self._client.call(get_user(user_id), timeout=timeout, headers=headers)

    async def update(
        self,
        user_id: int,
        *,
        name: str,
        email: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Change a profile

        Changes your own profile or, as an admin, that of any user. The body replaces the profile: an age or bio that is
        left out is cleared. Password, role and addresses have separate operations.

        A change of the e-mail address requires a login with the password less than an hour ago, for admins, too;
        refreshing a token does not count as a login. The old address gets a mail about the change.

        Args:
            user_id: The id of the user. (1 or more)
            name: The public name; one line, not blank. (1 to 100 characters)
            email: The new login. A change requires a recent login; sessions stay open. (up to 254 characters)
            age: The user's age. (13 to 150)
            bio: A few public words about yourself. (up to 500 characters)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.EmailAlreadyRegistered, errors.InsufficientScope, errors.AdminRequired, errors.SessionRequired,
            errors.FreshLoginRequired, errors.UserNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(
            update_user(user_id, name=name, email=email, age=age, bio=bio, if_match=if_match), timeout=timeout, headers=headers
        )

    async def delete(
        self,
        user_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Delete an account

        This cannot be undone. Name, addresses, password and sessions are erased and the items are archived; orders
        stay, without personal data. The e-mail address can be registered again.

        To delete your own account you need a login with the password less than an hour ago; refreshing a token does not
        count as a login. Open orders, bought or sold, must be finished first.

        Args:
            user_id: The id of the user. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AdminRequired, errors.SessionRequired, errors.FreshLoginRequired,
            errors.UserNotFound, errors.OpenOrders, errors.LastAdmin, errors.PreconditionFailed
        """
        return await self._client.call(delete_user(user_id, if_match=if_match), timeout=timeout, headers=headers)

    async def set_access(
        self,
        user_id: int,
        *,
        role: Role | Literal["user", "support", "admin"],
        is_active: bool,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> User:
        """Set a role, lock or unlock an account

        For admins. Admins can change their own access, too, except for the last active admin. It takes effect with the
        user's next request: issued tokens lose the scopes that the new role lacks, and a locked account has no valid
        token.

        Locking turns the user's active items into drafts; unlocking does not put them back on sale.

        Args:
            user_id: The id of the user. (1 or more)
            role: `user`: buys and sells. `support`: can also read all accounts and orders. `admin`: can do everything.
            is_active: False locks the account and takes its items off sale.
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AdminRequired, errors.UserNotFound, errors.NotAcceptable, errors.LastAdmin,
            errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(
            set_user_access(user_id, role=role, is_active=is_active, if_match=if_match), timeout=timeout, headers=headers
        )

    async def list_identities(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> IdentityList:
        """List your identities at third parties

        Those that you can log in with, newest first. There are at most 5, so the list has no pages.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable
        """
        return await self._client.call(list_identities(), timeout=timeout, headers=headers)

    async def finish_identity_link(
        self,
        *,
        client_id: str,
        code: str,
        redirect_uri: str,
        code_verifier: str,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Identity:
        """Link an identity, with the code of its login

        The last step of a link that startIdentityLink has begun: exchanges the code in the redirect URI, which works
        once, within a minute, for the same user, client and redirect URI, and with the verifier of the code challenge.
        From then on you can log in with the identity. You can have 5 identities. Your verified address gets a mail that
        says so.

        Args:
            client_id: The client that began the link. (up to 255 characters)
            code: The code in the redirect URI. (up to 255 characters)
            redirect_uri: The redirect URI of the link. (up to 2 000 characters)
            code_verifier: The random text whose SHA-256 was the code challenge. (43 to 128 characters)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InvalidGrant, errors.InsufficientScope, errors.SessionRequired, errors.NotAcceptable,
            errors.IdentityTaken, errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            finish_identity_link(
                client_id=client_id, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier, idempotency_key=idempotency_key
            ),
            timeout=timeout,
            headers=headers,
        )

    async def delete_identity(
        self, identity_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        """Remove an identity

        You can no longer log in with it; sessions stay. The last identity of an account without a password cannot be
        removed: set a password first. Your verified address gets a mail that says so.

        This requires a login less than an hour ago; refreshing a token does not count as a login.

        Args:
            identity_id: The id of an identity. (1 or more)

        Raises:
            errors.InsufficientScope, errors.SessionRequired, errors.FreshLoginRequired, errors.IdentityNotFound,
            errors.LastLoginMethod
        """
        return await self._client.call(delete_identity(identity_id), timeout=timeout, headers=headers)

    async def start_identity_link(
        self,
        *,
        provider: str,
        client_id: str,
        redirect_uri: str,
        code_challenge: str,
        state: str | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> IdentityLink:
        """Begin to link an identity

        Open `authorization_url` in a browser within ten minutes. It works once, and leads to the identity provider and
        from there to the redirect URI, with a code for finishIdentityLink or with an error, like authorize.

        This requires a login less than an hour ago; refreshing a token does not count as a login.

        Args:
            provider: The id of an identity provider. (up to 32 characters)
            client_id: The id of a client that the operator of this server has registered. (up to 255 characters)
            redirect_uri: One of the registered addresses of the client. (up to 2 000 characters)
            code_challenge: The base64url of the SHA-256 of a random code verifier, which finishIdentityLink needs. (43
                characters)
            state: Sent back unchanged, so that the client recognises its own request. (up to 512 characters)

        Raises:
            errors.InvalidClient, errors.InvalidRedirectUri, errors.InsufficientScope, errors.SessionRequired,
            errors.FreshLoginRequired, errors.ProviderNotFound, errors.NotAcceptable, errors.BodyTooLarge,
            errors.UnsupportedMediaType
        """
        return await self._client.call(
            start_identity_link(
                provider=provider, client_id=client_id, redirect_uri=redirect_uri, code_challenge=code_challenge, state=state
            ),
            timeout=timeout,
            headers=headers,
        )

    async def create_address(
        self,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Address:
        """Add an address

        Adds an address to your account, which can have at most 20. getCurrentUser returns them all.

        Args:
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: Your name for the address. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. An account has at most one default address: a new
                default replaces the old one, and of several in one request the last one wins. (False if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotAcceptable, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.IdempotencyKeyReused
        """
        return await self._client.call(
            create_address(
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                idempotency_key=idempotency_key,
            ),
            timeout=timeout,
            headers=headers,
        )

    async def update_address(
        self,
        address_id: int,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Address:
        """Change an address

        The body replaces the address; members that are left out get their defaults. Existing orders keep the old
        address.

        Args:
            address_id: The id of one of your addresses. An address of another user is a 404. (1 or more)
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: Your name for the address. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. An account has at most one default address: a new
                default replaces the old one, and of several in one request the last one wins. (False if left out)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AddressNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        return await self._client.call(
            update_address(
                address_id,
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                if_match=if_match,
            ),
            timeout=timeout,
            headers=headers,
        )

    async def delete_address(
        self,
        address_id: int,
        *,
        if_match: str | Versioned | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> None:
        """Remove an address

        Existing orders keep the address. If it was the default address, the account has no default address then.

        Args:
            address_id: The id of one of your addresses. An address of another user is a 404. (1 or more)
            if_match: The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised.

        Raises:
            errors.InsufficientScope, errors.AddressNotFound, errors.PreconditionFailed
        """
        return await self._client.call(delete_address(address_id, if_match=if_match), timeout=timeout, headers=headers)
