# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired


class AddressCreateDict(TypedDict):
    """AddressCreate as a dictionary."""

    street: str
    city: str
    zip_code: str
    label: NotRequired[str | None]
    country: NotRequired[str]
    is_default: NotRequired[bool]


class AddressCreate(Model):
    """An address as its owner writes it."""

    __slots__ = (
        "street",
        "city",
        "zip_code",
        "label",
        "country",
        "is_default",
    )
    WIRE = (
        ("street", "street"),
        ("city", "city"),
        ("zip_code", "zip_code"),
        ("label", "label"),
        ("country", "country"),
        ("is_default", "is_default"),
    )

    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    zip_code: str
    """Postal code; five digits or ZIP+4 in the US."""
    label: str | None | Unset
    """What you call it."""
    country: str | Unset
    """ISO 3166-1 alpha-2 code."""
    is_default: bool | Unset
    """Whether orders without an address go here. At most one address is the default: a new one takes over from the old one, and of several in one request the last one wins."""

    def __init__(
        self,
        *,
        street: str,
        city: str,
        zip_code: str,
        label: str | None | Unset = UNSET,
        country: str | Unset = UNSET,
        is_default: bool | Unset = UNSET,
    ) -> None:
        self.street = street
        self.city = city
        self.zip_code = zip_code
        self.label = label
        self.country = country
        self.is_default = is_default
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.street = data["street"]
        self.city = data["city"]
        self.zip_code = data["zip_code"]
        self.label = data.get("label", UNSET)
        self.country = data.get("country", UNSET)
        self.is_default = data.get("is_default", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
