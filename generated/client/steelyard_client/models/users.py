# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""Objects and enumerations of the contract: what operations of the tag `users` answer with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members


class User(Model):
    """An account in full, as its owner and staff see it."""

    __slots__ = (
        "view",
        "id",
        "name",
        "email",
        "age",
        "bio",
        "role",
        "is_active",
        "email_verified",
        "addresses",
        "created_at",
        "updated_at",
        "version",
    )

    view: Literal["full"]
    """Tells the full account from the public one."""
    id: int
    """Names the account."""
    name: str
    """What others see."""
    email: str
    """The login."""
    age: int | None
    """User age; null when it was not told."""
    bio: str | None
    """A few words about themselves. Plain text; escape it before you put it into HTML."""
    role: Role
    """`user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does everything."""
    is_active: bool
    """False when staff have locked the account."""
    email_verified: bool
    """Whether the address is known to be theirs. Always false for now."""
    addresses: list[Address]
    """Where they live, oldest first."""
    created_at: datetime.datetime
    """When the account was made."""
    updated_at: datetime.datetime
    """When anything shown here last changed."""
    version: int
    """Grows with each change of anything shown here, addresses included."""

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
        self.view = view
        self.id = id
        self.name = name
        self.email = email
        self.age = age
        self.bio = bio
        self.role = role
        self.is_active = is_active
        self.email_verified = email_verified
        self.addresses = addresses
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
    """`user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does everything.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"


class Address(Model):
    """One of the addresses of an account. Orders keep a copy, so changing it later moves no parcel."""

    __slots__ = ("id", "label", "street", "city", "country", "zip_code", "is_default", "created_at", "updated_at", "version")

    id: int
    """Names the address."""
    label: str | None
    """What its owner calls it."""
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
    """When it was added."""
    updated_at: datetime.datetime
    """When it last changed."""
    version: int
    """Grows with each change of this address."""

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
        self.id = id
        self.label = label
        self.street = street
        self.city = city
        self.country = country
        self.zip_code = zip_code
        self.is_default = is_default
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
    """One page of accounts."""

    __slots__ = ("items", "skip", "limit", "total", "next_cursor")

    items: list[User]
    """In the order that `sort` asked for."""
    skip: int | None
    """How many were skipped; `null` when the page was asked for by `cursor`."""
    limit: int
    """How many were asked for. There may be fewer."""
    total: int | None
    """How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last one."""

    def __init__(
        self,
        *,
        items: list[User],
        skip: int | None,
        limit: int,
        total: int | None,
        next_cursor: str | None,
    ) -> None:
        self.items = items
        self.skip = skip
        self.limit = limit
        self.total = total
        self.next_cursor = next_cursor
        self.extra: dict[str, Any] = {}

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
    """What everybody may know of an account."""

    __slots__ = ("view", "id", "name", "bio", "is_active", "created_at", "version")

    view: Literal["public"]
    """Tells the public account from the full one."""
    id: int
    """Names the account."""
    name: str
    """What they want to be called."""
    bio: str | None
    """A few words about themselves. Plain text; escape it before you put it into HTML."""
    is_active: bool
    """False when staff have locked the account."""
    created_at: datetime.datetime
    """Since when they are here."""
    version: int
    """Grows with each change of the account, also of what is not shown here."""

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
        self.view = view
        self.id = id
        self.name = name
        self.bio = bio
        self.is_active = is_active
        self.created_at = created_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
