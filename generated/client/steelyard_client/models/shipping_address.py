# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class ShippingAddress(Model):
    """Where an order goes, as it was when the order was placed."""

    __slots__ = (
        "name",
        "street",
        "city",
        "country",
        "zip_code",
    )
    WIRE = (
        ("name", "name"),
        ("street", "street"),
        ("city", "city"),
        ("country", "country"),
        ("zip_code", "zip_code"),
    )

    name: str
    """Who receives it."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    country: str
    """ISO 3166-1 alpha-2 code."""
    zip_code: str
    """Postal code."""

    def __init__(
        self,
        *,
        name: str,
        street: str,
        city: str,
        country: str,
        zip_code: str,
    ) -> None:
        self.name = name
        self.street = street
        self.city = city
        self.country = country
        self.zip_code = zip_code
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.street = data["street"]
        self.city = data["city"]
        self.country = data["country"]
        self.zip_code = data["zip_code"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self
