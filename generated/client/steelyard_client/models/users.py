# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `users`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members


class User(Model):
    """The full account, as its owner and staff see it."""

    view: Literal["full"]
    """Distinguishes the full account from the public one."""
    id: int
    """The id of the account."""
    name: str
    """The public name."""
    email: str
    """The login."""
    age: int | None
    """The user's age; null if unknown."""
    bio: str | None
    """A few words about the user. Plain text; escape it before you put it into HTML."""
    role: Role
    """`user`: buys and sells. `support`: can also read all accounts and orders. `admin`: can do everything."""
    is_active: bool
    """False if an admin has locked the account."""
    email_verified: bool
    """Whether the user has proved to read the mails to the address."""
    addresses: list[Address]
    """The user's addresses, oldest first."""
    created_at: datetime.datetime
    """When the account was created."""
    updated_at: datetime.datetime
    """When a member of this view last changed."""
    version: int
    """Increases with each change of a member of this view, including addresses."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        view: Literal["full"] = "full",
        id: int,
        name: str,
        email: str,
        age: int | None,
        bio: str | None,
        role: Role,
        is_active: bool,
        email_verified: bool,
        addresses: list[Address],
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.view = data["view"]
        self.id = data["id"]
        self.name = data["name"]
        self.email = data["email"]
        self.age = data["age"]
        self.bio = data["bio"]
        self.role = Role.of(data["role"])
        self.is_active = data["is_active"]
        self.email_verified = data["email_verified"]
        self.addresses = [Address.from_dict(value) for value in data["addresses"]]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 13 else unknown_members(data, cls.NAMES)
        return self


class Role(OpenEnum):
    """`user`: buys and sells. `support`: can also read all accounts and orders. `admin`: can do everything."""

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"


class Address(Model):
    """An address of an account. Orders have a copy, so later changes do not affect them."""

    id: int
    """The id of the address."""
    label: str | None
    """The owner's name for the address."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    country: str
    """ISO 3166-1 alpha-2 code."""
    zip_code: str
    """Postal code."""
    is_default: bool
    """Whether orders without an address go here."""
    created_at: datetime.datetime
    """When the address was created."""
    updated_at: datetime.datetime
    """When the address last changed."""
    version: int
    """Increases with each change of the address."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        label: str | None,
        street: str,
        city: str,
        country: str,
        zip_code: str,
        is_default: bool,
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.label = data["label"]
        self.street = data["street"]
        self.city = data["city"]
        self.country = data["country"]
        self.zip_code = data["zip_code"]
        self.is_default = data["is_default"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self


class UserPage(Model):
    """A page of accounts."""

    items: list[User]
    """In the order of `sort`."""
    skip: int | None
    """The number of skipped entries; `null` on a page by `cursor`."""
    limit: int
    """The requested size of the page. It may have fewer entries."""
    total: int | None
    """The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last page."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, items: list[User], skip: int | None, limit: int, total: int | None, next_cursor: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [User.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self


class UserPublic(Model):
    """The public view of an account."""

    view: Literal["public"]
    """Distinguishes the public account from the full one."""
    id: int
    """The id of the account."""
    name: str
    """The public name."""
    bio: str | None
    """A few words about the user. Plain text; escape it before you put it into HTML."""
    is_active: bool
    """False if an admin has locked the account."""
    created_at: datetime.datetime
    """When the account was created."""
    version: int
    """Increases with each change of the account, including members that are not public."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        view: Literal["public"] = "public",
        id: int,
        name: str,
        bio: str | None,
        is_active: bool,
        created_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.view = data["view"]
        self.id = data["id"]
        self.name = data["name"]
        self.bio = data["bio"]
        self.is_active = data["is_active"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 7 else unknown_members(data, cls.NAMES)
        return self


class IdentityList(Model):
    """All identities of a user."""

    items: list[Identity]
    """Newest first."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, items: list[Identity]) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [Identity.from_dict(value) for value in data["items"]]
        self.extra = {} if len(data) == 1 else unknown_members(data, cls.NAMES)
        return self


class Identity(Model):
    """An account at an identity provider that you can log in with."""

    id: int
    """A positive integer that JavaScript can represent exactly."""
    provider: str
    """The id of the provider, as in listLoginProviders."""
    email: str | None
    """The address that the provider named at the last login; null if it named none. Only you can see it."""
    created_at: datetime.datetime
    """RFC 3339 in UTC, with `Z`. The fraction has up to six digits and is left out when it is zero."""
    last_used_at: datetime.datetime | None
    """The last login with it; null if there was none."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self, *, id: int, provider: str, email: str | None, created_at: datetime.datetime, last_used_at: datetime.datetime | None
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.provider = data["provider"]
        self.email = data["email"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.last_used_at = None if data["last_used_at"] is None else datetime.datetime.fromisoformat(data["last_used_at"])
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self


class IdentityLink(Model):
    """A link that has begun."""

    SECRET = frozenset(
        {
            "authorization_url",
        }
    )

    authorization_url: str
    """Open it in the browser of the user. It is a secret until then."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, authorization_url: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.authorization_url = data["authorization_url"]
        self.extra = {} if len(data) == 1 else unknown_members(data, cls.NAMES)
        return self
