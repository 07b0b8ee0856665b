# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypedDict

from steelyard_runtime.model import Model, unknown_members


class ChangePasswordDict(TypedDict):
    """ChangePassword as a dictionary."""

    current_password: str
    new_password: str


class ChangePassword(Model):
    """The old password as a proof, and the new one."""

    __slots__ = (
        "current_password",
        "new_password",
    )
    WIRE = (
        ("current_password", "current_password"),
        ("new_password", "new_password"),
    )
    SECRET = frozenset(
        {
            "current_password",
            "new_password",
        }
    )

    current_password: str
    """The password that you log in with now."""
    new_password: str
    """The rules are those of createUser."""

    def __init__(
        self,
        *,
        current_password: str,
        new_password: str,
    ) -> None:
        self.current_password = current_password
        self.new_password = new_password
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.current_password = data["current_password"]
        self.new_password = data["new_password"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
