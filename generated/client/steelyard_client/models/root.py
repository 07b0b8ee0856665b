# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members

from .root_links import RootLinks


class Root(Model):
    """A greeting, and where to go from here."""

    __slots__ = (
        "message",
        "version",
        "links",
    )
    WIRE = (
        ("message", "message"),
        ("version", "version"),
        ("links", "links"),
    )

    message: Literal["What is promised is what is delivered."]
    """What this project is about."""
    version: str
    """The version of the contract, `info.version` of this document."""
    links: RootLinks
    """Addresses on this server."""

    def __init__(
        self,
        *,
        message: Literal["What is promised is what is delivered."] = "What is promised is what is delivered.",
        version: str,
        links: RootLinks,
    ) -> None:
        self.message = message
        self.version = version
        self.links = links
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.message = data["message"]
        self.version = data["version"]
        self.links = RootLinks.from_dict(data["links"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self
