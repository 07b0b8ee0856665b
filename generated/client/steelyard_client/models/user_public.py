# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class UserPublic(Model):
    """What everybody may know of an account."""

    __slots__ = (
        "view",
        "id",
        "name",
        "bio",
        "is_active",
        "created_at",
        "version",
    )
    WIRE = (
        ("view", "view"),
        ("id", "id"),
        ("name", "name"),
        ("bio", "bio"),
        ("is_active", "is_active"),
        ("created_at", "created_at"),
        ("version", "version"),
    )

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
