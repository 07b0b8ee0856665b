# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members


class Violation(Model):
    """One thing that is wrong with a request."""

    __slots__ = (
        "type",
        "loc",
        "msg",
        "pointer",
    )
    WIRE = (
        ("type", "type"),
        ("loc", "loc"),
        ("msg", "msg"),
        ("pointer", "pointer"),
    )

    type: str
    """The kind of fault, for programs. Those of the shape are named as Pydantic names them (`missing`, `extra_forbidden`, `string_too_long`, `greater_than_equal` ...). Rules that a shape cannot say add `json_invalid`, `bulk_discount_required`, `duplicate_product`, `unknown_address`, `two_addresses`, `zero_delta` and `password_too_common`."""
    loc: list[str | int]
    """Where: `body`, `path`, `query` or `header`, then names and indexes."""
    msg: str
    """The fault, for people. Never repeats what was sent."""
    pointer: str | None
    """JSON pointer into the body; null when the fault lies elsewhere or in the body as a whole."""

    def __init__(
        self,
        *,
        type: str,
        loc: list[str | int],
        msg: str,
        pointer: str | None,
    ) -> None:
        self.type = type
        self.loc = loc
        self.msg = msg
        self.pointer = pointer
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = data["type"]
        self.loc = data["loc"]
        self.msg = data["msg"]
        self.pointer = data["pointer"]
        self.extra = {} if len(data) == 4 else unknown_members(data, cls.NAMES)
        return self
