# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class Address(Model):
    """One of the addresses of an account. Orders keep a copy, so changing it later moves no parcel."""

    __slots__ = (
        "id",
        "label",
        "street",
        "city",
        "country",
        "zip_code",
        "is_default",
        "created_at",
        "updated_at",
        "version",
    )
    WIRE = (
        ("id", "id"),
        ("label", "label"),
        ("street", "street"),
        ("city", "city"),
        ("country", "country"),
        ("zip_code", "zip_code"),
        ("is_default", "is_default"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("version", "version"),
    )

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
