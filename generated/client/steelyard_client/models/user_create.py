# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .address_create import AddressCreate, AddressCreateDict


class UserCreateDict(TypedDict):
    """UserCreate as a dictionary."""

    name: str
    email: str
    password: str
    age: NotRequired[int | None]
    bio: NotRequired[str | None]
    addresses: NotRequired[Sequence[AddressCreate | AddressCreateDict]]


class UserCreate(Model):
    """A new account."""

    __slots__ = (
        "name",
        "email",
        "password",
        "age",
        "bio",
        "addresses",
    )
    WIRE = (
        ("name", "name"),
        ("email", "email"),
        ("password", "password"),
        ("age", "age"),
        ("bio", "bio"),
        ("addresses", "addresses"),
    )
    SECRET = frozenset(
        {
            "password",
        }
    )

    name: str
    """What others see; one line, not blank. It need not be unique."""
    email: str
    """Your login. Nobody but you and staff sees it; no two accounts share one."""
    password: str
    """Sent by the client, never returned. Any characters; neither one of the most common ones nor your name or e-mail (`password_too_common`)."""
    age: int | None | Unset
    """User age."""
    bio: str | None | Unset
    """A few words about yourself, for everybody to read."""
    addresses: list[AddressCreate] | Unset
    """Where you live. More can be added later."""

    def __init__(
        self,
        *,
        name: str,
        email: str,
        password: str,
        age: int | None | Unset = UNSET,
        bio: str | None | Unset = UNSET,
        addresses: list[AddressCreate] | Unset = UNSET,
    ) -> None:
        self.name = name
        self.email = email
        self.password = password
        self.age = age
        self.bio = bio
        self.addresses = addresses
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.email = data["email"]
        self.password = data["password"]
        self.age = data.get("age", UNSET)
        self.bio = data.get("bio", UNSET)
        self.addresses = [AddressCreate.from_dict(value) for value in data["addresses"]] if "addresses" in data else UNSET
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
