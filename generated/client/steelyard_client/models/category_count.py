# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class CategoryCount(Model):
    """A category and what is in it."""

    __slots__ = (
        "slug",
        "items",
    )
    WIRE = (
        ("slug", "slug"),
        ("items", "items"),
    )

    slug: str
    """The category, as `category` of listItems takes it."""
    items: int
    """How many items are on sale in it."""

    def __init__(
        self,
        *,
        slug: str,
        items: int,
    ) -> None:
        self.slug = slug
        self.items = items
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.slug = data["slug"]
        self.items = data["items"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
