# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from steelyard_runtime.model import Model, unknown_members


class RateLimitedProblem(Model):
    """Too many requests."""

    __slots__ = (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "policy",
    )
    WIRE = (
        ("type", "type"),
        ("title", "title"),
        ("status", "status"),
        ("detail", "detail"),
        ("instance", "instance"),
        ("policy", "policy"),
    )

    type: Literal["/problems/rate-limited"]
    title: Literal["Too many requests"]
    status: Literal[429]
    detail: Literal["Too many requests; wait as long as Retry-After says"]
    instance: str
    """This one occurrence, by the `X-Request-ID` of the exchange."""
    policy: str
    """The limit, as RateLimit-Policy names it."""

    def __init__(
        self,
        *,
        type: Literal["/problems/rate-limited"] = "/problems/rate-limited",
        title: Literal["Too many requests"] = "Too many requests",
        status: Literal[429] = 429,
        detail: Literal["Too many requests; wait as long as Retry-After says"] = "Too many requests; wait as long as Retry-After says",
        instance: str,
        policy: str,
    ) -> None:
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.policy = policy
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.title = data["title"]
        self.status = data["status"]
        self.detail = data["detail"]
        self.instance = data["instance"]
        self.policy = data["policy"]
        self.extra = {} if len(data) == 6 else unknown_members(data, cls.NAMES)
        return self
