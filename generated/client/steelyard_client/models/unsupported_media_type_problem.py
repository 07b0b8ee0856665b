# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class UnsupportedMediaTypeProblem(Model):
    """Unsupported media type."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "supported",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("supported", "supported"),
    )

    type: Literal["/problems/unsupported-media-type"]
    title: Literal["Unsupported media type"]
    status: Literal[415]
    detail: Literal["The body needs another Content-Type"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    supported: list[str]
    """The media types that this operation takes."""

    def __init__(
        self,
        *,
        type: Literal["/problems/unsupported-media-type"] = "/problems/unsupported-media-type",
        title: Literal["Unsupported media type"] = "Unsupported media type",
        status: Literal[415] = 415,
        detail: Literal["The body needs another Content-Type"] = "The body needs another Content-Type",
        instance: str,
        supported: list[str],
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.supported = supported
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.supported = data["supported"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
