# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired


class UserUpdateDict(TypedDict):
    """UserUpdate as a dictionary."""

    name: str
    email: str
    age: NotRequired[int | None]
    bio: NotRequired[str | None]


class UserUpdate(Model):
    """The whole profile as it shall be. What is left out is cleared, as if it were null."""

    __slots__ = (
        "name",
        "email",
        "age",
        "bio",
    )
    WIRE = (
        ("name", "name"),
        ("email", "email"),
        ("age", "age"),
        ("bio", "bio"),
    )

    name: str
    """What others see; one line, not blank."""
    email: str
    """The login from now on. Sessions stay open."""
    age: int | None | Unset
    """User age."""
    bio: str | None | Unset
    """A few words about yourself, for everybody to read."""

    def __init__(
        self,
        *,
        name: str,
        email: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
    ) -> None:
        self.name = name
        self.email = email
        self.age = age
        self.bio = bio
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.email = data["email"]
        self.age = data.get("age", UNSET)
        self.bio = data.get("bio", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
