# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired


class ShippingAddressCreateDict(TypedDict):
    """ShippingAddressCreate as a dictionary."""

    name: str
    street: str
    city: str
    zip_code: str
    country: NotRequired[str]


class ShippingAddressCreate(Model):
    """Where to send this one order. It is not added to your stored addresses."""

    __slots__ = (
        "name",
        "street",
        "city",
        "zip_code",
        "country",
    )
    WIRE = (
        ("name", "name"),
        ("street", "street"),
        ("city", "city"),
        ("zip_code", "zip_code"),
        ("country", "country"),
    )

    name: str
    """Who receives it."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    zip_code: str
    """Postal code; five digits or ZIP+4 in the US."""
    country: str | Unset
    """ISO 3166-1 alpha-2 code."""

    def __init__(
        self,
        *,
        name: str,
        street: str,
        city: str,
        zip_code: str,
        country: str | Unset = UNSET,
    ) -> None:
        self.name = name
        self.street = street
        self.city = city
        self.zip_code = zip_code
        self.country = country
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.street = data["street"]
        self.city = data["city"]
        self.zip_code = data["zip_code"]
        self.country = data.get("country", UNSET)
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
