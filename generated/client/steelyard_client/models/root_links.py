# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class RootLinks(Model):
    """Addresses on this server."""

    __slots__ = (
        "docs",
        "redoc",
        "openapi",
        "health",
        "items",
        "token",
    )
    WIRE = (
        ("docs", "docs"),
        ("redoc", "redoc"),
        ("openapi", "openapi"),
        ("health", "health"),
        ("items", "items"),
        ("token", "token"),
    )

    docs: str | None
    """The contract to try out (Swagger UI); null where the pages are switched off."""
    redoc: str | None
    """The contract to read; null where the pages are switched off."""
    openapi: str
    """The contract for machines."""
    health: str
    """How the server is doing."""
    items: str
    """The catalogue."""
    token: str
    """Where to log in."""

    def __init__(
        self,
        *,
        docs: str | None,
        redoc: str | None,
        openapi: str,
        health: str,
        items: str,
        token: str,
    ) -> None:
        self.docs = docs
        self.redoc = redoc
        self.openapi = openapi
        self.health = health
        self.items = items
        self.token = token
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.docs = data["docs"]
        self.redoc = data["redoc"]
        self.openapi = data["openapi"]
        self.health = data["health"]
        self.items = data["items"]
        self.token = data["token"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
