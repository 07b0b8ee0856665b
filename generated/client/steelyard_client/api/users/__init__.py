# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""Operations of the tag `users`, as methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from steelyard_runtime.model import UNSET, Unknown, Unset, Versioned
from steelyard_runtime.pages import AsyncPages, Pages
from steelyard_runtime.resource import AsyncResource, Resource

from ...models.address import Address
from ...models.address_create import AddressCreate, AddressCreateDict
from ...models.role import Role
from ...models.user import User
from ...models.user_public import UserPublic
from ...models.user_sort import UserSort
from . import change_password as _change_password
from . import create_address as _create_address
from . import create_user as _create_user
from . import delete_address as _delete_address
from . import delete_user as _delete_user
from . import get_current_user as _get_current_user
from . import get_user as _get_user
from . import list_users as _list_users
from . import set_user_access as _set_user_access
from . import update_address as _update_address
from . import update_user as _update_user


class Users(Resource):
    """`client.users`: Register, keep your profile and addresses; staff look after everybody's."""

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
    ) -> Pages[User]:
        """List and search accounts

        For support and admin. Deleted accounts are not listed. Filters narrow each other down.

        Args:
            q: Text that occurs in the name or the e-mail address; upper and lower case count the same. (1 to 100
                characters)
            role: Only accounts of this role. (one of user, support, admin)
            is_active: Only accounts that are in use, or only those that are locked.
            sort: Oldest or newest first. (one of id, -created_at; 'id' if left out)
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.StaffRequired, errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return Pages(
            self._client,
            _list_users.call(q=q, role=role, is_active=is_active, sort=sort, skip=skip, limit=limit, cursor=cursor),
            _list_users.NEXT,
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
    ) -> User:
        """Register

        Makes an account with the role `user` that can be used at once; log in with issueToken. The answer is the only
        one that shows a full account without a login.

        Admitting that an address is taken is deliberate, and why registering is limited to a few times a minute.

        Args:
            name: What others see; one line, not blank. It need not be unique. (1 to 100 characters)
            email: Your login. Nobody but you and staff sees it; no two accounts share one. (up to 254 characters)
            password: Sent by the client, never returned. Any characters; neither one of the most common ones nor your
                name or e-mail (`password_too_common`). (8 to 128 characters)
            age: User age. (13 to 150)
            bio: A few words about yourself, for everybody to read. (up to 500 characters)
            addresses: Where you live. More can be added later. (up to 20 entries)

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAcceptable, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_create_user.call(name=name, email=email, password=password, age=age, bio=bio, addresses=addresses))

    def get_current(self) -> User:
        """Read your own account

        The first request after a login; it tells your id and role, and holds your addresses.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_get_current_user.call())

    def change_password(self, *, current_password: str, new_password: str) -> None:
        """Change your password

        Ends all your other sessions; this one goes on. A wrong current password counts as a failed login, so after ten
        of them this is a 429 for a while.

        Args:
            current_password: The password that you log in with now. (1 to 128 characters)
            new_password: The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.PasswordIncorrect, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.SessionRequired, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed,
            errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_change_password.call(current_password=current_password, new_password=new_password))

    def get(self, user_id: int) -> User | UserPublic | Unknown:
        """Read an account

        Everybody gets the public account. You yourself (with the scope `account:read`) and staff (with `users:read`)
        get the full one; a token that lacks the scope gets the public one and no refusal. Deleted accounts are a 404.

        Args:
            user_id: The user that this is about. (1 or more)

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.UserNotFound, errors.NotAcceptable,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(_get_user.call(user_id))

    def update(
        self,
        user_id: int,
        *,
        name: str,
        email: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        if_match: str | Versioned | None = None,
    ) -> User:
        """Change a profile

        Your own, or as an admin anybody's. It replaces the profile: an age or bio that is left out is cleared.
        Password, role and addresses have operations of their own.

        Args:
            user_id: The user that this is about. (1 or more)
            name: What others see; one line, not blank. (1 to 100 characters)
            email: The login from now on. Sessions stay open. (up to 254 characters)
            age: User age. (13 to 150)
            bio: A few words about yourself, for everybody to read. (up to 500 characters)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.AdminRequired, errors.UserNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return self._client.call(_update_user.call(user_id, name=name, email=email, age=age, bio=bio, if_match=if_match))

    def delete(self, user_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Delete an account

        For good. Name, address, password and sessions are erased and the items are archived; orders stay, without the
        person. The e-mail address can be registered again.

        Deleting yourself needs a login with the password less than an hour ago; a refreshed token does not make it
        younger. Orders that are not finished, bought or sold, come first.

        Args:
            user_id: The user that this is about. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AdminRequired,
            errors.SessionRequired, errors.FreshLoginRequired, errors.UserNotFound, errors.OpenOrders, errors.LastAdmin,
            errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return self._client.call(_delete_user.call(user_id, if_match=if_match))

    def set_access(
        self, user_id: int, *, role: Role | Literal["user", "support", "admin"], is_active: bool, if_match: str | Versioned | None = None
    ) -> User:
        """Set a role, lock or unlock an account

        For admins, who can do it to themselves, too, unless nobody would be left to undo it. It holds from the next
        request of that user: scopes that the new role lacks are gone from tokens already issued, and a locked account
        has no valid token.

        Locking turns the user's active items into drafts; unlocking does not put them back on sale.

        Args:
            user_id: The user that this is about. (1 or more)
            role: `user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does
                everything. (one of user, support, admin)
            is_active: False locks the account and takes its items off the market.
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AdminRequired,
            errors.UserNotFound, errors.NotAcceptable, errors.LastAdmin, errors.PreconditionFailed, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return self._client.call(_set_user_access.call(user_id, role=role, is_active=is_active, if_match=if_match))

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
    ) -> Address:
        """Add an address

        To your own account, which holds at most twenty. There is no list to read; getCurrentUser has them all.

        Args:
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: What you call it. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. At most one address is the default: a new one takes
                over from the old one, and of several in one request the last one wins. (False if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.IdempotencyKeyReused, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return self._client.call(
            _create_address.call(
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                idempotency_key=idempotency_key,
            )
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
    ) -> Address:
        """Change an address

        It replaces the address; what is left out gets its default. Orders that were placed keep the old one.

        Args:
            address_id: One of your own addresses; those of other users do not exist for you. (1 or more)
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: What you call it. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. At most one address is the default: a new one takes
                over from the old one, and of several in one request the last one wins. (False if left out)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AddressNotFound,
            errors.NotAcceptable, errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return self._client.call(
            _update_address.call(
                address_id,
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                if_match=if_match,
            )
        )

    def delete_address(self, address_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Remove an address

        Orders that were placed keep it. If it was the default, there is none afterwards.

        Args:
            address_id: One of your own addresses; those of other users do not exist for you. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AddressNotFound,
            errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return self._client.call(_delete_address.call(address_id, if_match=if_match))


class AsyncUsers(AsyncResource):
    """`client.users`: Register, keep your profile and addresses; staff look after everybody's."""

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
    ) -> AsyncPages[User]:
        """List and search accounts

        For support and admin. Deleted accounts are not listed. Filters narrow each other down.

        Args:
            q: Text that occurs in the name or the e-mail address; upper and lower case count the same. (1 to 100
                characters)
            role: Only accounts of this role. (one of user, support, admin)
            is_active: Only accounts that are in use, or only those that are locked.
            sort: Oldest or newest first. (one of id, -created_at; 'id' if left out)
            skip: Items to skip. Fine for a pager with page numbers; entries made meanwhile shift the pages. To walk a
                whole list follow `cursor`. (0 to 10 000; 0 if left out)
            limit: Max items of one page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the page before, unchanged. It is opaque, signed, and tied to the operation, its
                filters and its sort: repeat those, leave `skip` out. Pages that are joined by cursors hold each entry
                once, even while others are being added. (1 to 2 048 characters)

        Raises:
            errors.InvalidCursor, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.StaffRequired, errors.NotAcceptable, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return AsyncPages(
            self._client,
            _list_users.call(q=q, role=role, is_active=is_active, sort=sort, skip=skip, limit=limit, cursor=cursor),
            _list_users.NEXT,
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
    ) -> User:
        """Register

        Makes an account with the role `user` that can be used at once; log in with issueToken. The answer is the only
        one that shows a full account without a login.

        Admitting that an address is taken is deliberate, and why registering is limited to a few times a minute.

        Args:
            name: What others see; one line, not blank. It need not be unique. (1 to 100 characters)
            email: Your login. Nobody but you and staff sees it; no two accounts share one. (up to 254 characters)
            password: Sent by the client, never returned. Any characters; neither one of the most common ones nor your
                name or e-mail (`password_too_common`). (8 to 128 characters)
            age: User age. (13 to 150)
            bio: A few words about yourself, for everybody to read. (up to 500 characters)
            addresses: Where you live. More can be added later. (up to 20 entries)

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAcceptable, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_create_user.call(name=name, email=email, password=password, age=age, bio=bio, addresses=addresses))

    async def get_current(self) -> User:
        """Read your own account

        The first request after a login; it tells your id and role, and holds your addresses.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_get_current_user.call())

    async def change_password(self, *, current_password: str, new_password: str) -> None:
        """Change your password

        Ends all your other sessions; this one goes on. A wrong current password counts as a failed login, so after ten
        of them this is a 429 for a while.

        Args:
            current_password: The password that you log in with now. (1 to 128 characters)
            new_password: The rules are those of createUser. (8 to 128 characters)

        Raises:
            errors.PasswordIncorrect, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.SessionRequired, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed,
            errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_change_password.call(current_password=current_password, new_password=new_password))

    async def get(self, user_id: int) -> User | UserPublic | Unknown:
        """Read an account

        Everybody gets the public account. You yourself (with the scope `account:read`) and staff (with `users:read`)
        get the full one; a token that lacks the scope gets the public one and no refusal. Deleted accounts are a 404.

        Args:
            user_id: The user that this is about. (1 or more)

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.UserNotFound, errors.NotAcceptable,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_get_user.call(user_id))

    async def update(
        self,
        user_id: int,
        *,
        name: str,
        email: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        if_match: str | Versioned | None = None,
    ) -> User:
        """Change a profile

        Your own, or as an admin anybody's. It replaces the profile: an age or bio that is left out is cleared.
        Password, role and addresses have operations of their own.

        Args:
            user_id: The user that this is about. (1 or more)
            name: What others see; one line, not blank. (1 to 100 characters)
            email: The login from now on. Sessions stay open. (up to 254 characters)
            age: User age. (13 to 150)
            bio: A few words about yourself, for everybody to read. (up to 500 characters)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.EmailAlreadyRegistered, errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope,
            errors.AdminRequired, errors.UserNotFound, errors.NotAcceptable, errors.PreconditionFailed,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed, errors.RateLimited,
            errors.InternalError, errors.Unavailable
        """
        return await self._client.call(_update_user.call(user_id, name=name, email=email, age=age, bio=bio, if_match=if_match))

    async def delete(self, user_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Delete an account

        For good. Name, address, password and sessions are erased and the items are archived; orders stay, without the
        person. The e-mail address can be registered again.

        Deleting yourself needs a login with the password less than an hour ago; a refreshed token does not make it
        younger. Orders that are not finished, bought or sold, come first.

        Args:
            user_id: The user that this is about. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AdminRequired,
            errors.SessionRequired, errors.FreshLoginRequired, errors.UserNotFound, errors.OpenOrders, errors.LastAdmin,
            errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return await self._client.call(_delete_user.call(user_id, if_match=if_match))

    async def set_access(
        self, user_id: int, *, role: Role | Literal["user", "support", "admin"], is_active: bool, if_match: str | Versioned | None = None
    ) -> User:
        """Set a role, lock or unlock an account

        For admins, who can do it to themselves, too, unless nobody would be left to undo it. It holds from the next
        request of that user: scopes that the new role lacks are gone from tokens already issued, and a locked account
        has no valid token.

        Locking turns the user's active items into drafts; unlocking does not put them back on sale.

        Args:
            user_id: The user that this is about. (1 or more)
            role: `user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does
                everything. (one of user, support, admin)
            is_active: False locks the account and takes its items off the market.
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AdminRequired,
            errors.UserNotFound, errors.NotAcceptable, errors.LastAdmin, errors.PreconditionFailed, errors.BodyTooLarge,
            errors.UnsupportedMediaType, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return await self._client.call(_set_user_access.call(user_id, role=role, is_active=is_active, if_match=if_match))

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
    ) -> Address:
        """Add an address

        To your own account, which holds at most twenty. There is no list to read; getCurrentUser has them all.

        Args:
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: What you call it. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. At most one address is the default: a new one takes
                over from the old one, and of several in one request the last one wins. (False if left out)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
            errors.LimitReached, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.IdempotencyKeyReused, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return await self._client.call(
            _create_address.call(
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                idempotency_key=idempotency_key,
            )
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
    ) -> Address:
        """Change an address

        It replaces the address; what is left out gets its default. Orders that were placed keep the old one.

        Args:
            address_id: One of your own addresses; those of other users do not exist for you. (1 or more)
            street: Street and house number. (1 to 200 characters)
            city: Town or city. (1 to 100 characters)
            zip_code: Postal code; five digits or ZIP+4 in the US. (2 to 16 characters)
            label: What you call it. (1 to 50 characters)
            country: ISO 3166-1 alpha-2 code. (2 characters; 'US' if left out)
            is_default: Whether orders without an address go here. At most one address is the default: a new one takes
                over from the old one, and of several in one request the last one wins. (False if left out)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AddressNotFound,
            errors.NotAcceptable, errors.PreconditionFailed, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.ValidationFailed, errors.RateLimited, errors.InternalError, errors.Unavailable
        """
        return await self._client.call(
            _update_address.call(
                address_id,
                street=street,
                city=city,
                zip_code=zip_code,
                label=label,
                country=country,
                is_default=is_default,
                if_match=if_match,
            )
        )

    async def delete_address(self, address_id: int, *, if_match: str | Versioned | None = None) -> None:
        """Remove an address

        Orders that were placed keep it. If it was the default, there is none afterwards.

        Args:
            address_id: One of your own addresses; those of other users do not exist for you. (1 or more)
            if_match: The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed.

        Raises:
            errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.AddressNotFound,
            errors.PreconditionFailed, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
            errors.Unavailable
        """
        return await self._client.call(_delete_address.call(address_id, if_match=if_match))
