# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .address import Address
from .role import Role


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
    WIRE = (
        ("view", "view"),
        ("id", "id"),
        ("name", "name"),
        ("email", "email"),
        ("age", "age"),
        ("bio", "bio"),
        ("role", "role"),
        ("is_active", "is_active"),
        ("email_verified", "email_verified"),
        ("addresses", "addresses"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("version", "version"),
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
