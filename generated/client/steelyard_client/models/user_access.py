# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypedDict

from steelyard_runtime.model import Model, unknown_members

from .role import Role


class UserAccessDict(TypedDict):
    """UserAccess as a dictionary."""

    role: Role | Literal["user", "support", "admin"]
    is_active: bool


class UserAccess(Model):
    """What an account may do."""

    __slots__ = (
        "role",
        "is_active",
    )
    WIRE = (
        ("role", "role"),
        ("is_active", "is_active"),
    )

    role: Role
    """`user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does everything."""
    is_active: bool
    """False locks the account and takes its items off the market."""

    def __init__(
        self,
        *,
        role: Role,
        is_active: bool,
    ) -> None:
        self.role = role
        self.is_active = is_active
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.role = Role.of(data["role"])
        self.is_active = data["is_active"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self
