# `nox -s generate`: never edit.
"""The Steelyard SDK. Names load on first use, so that importing the package costs next to nothing."""

from __future__ import annotations

__version__ = "1.1.0"

# Type checkers take a variable of this name for true; importing `typing` would cost more than all the rest of this module.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from steelyard_runtime.auth import PasswordAuth as PasswordAuth
    from steelyard_runtime.model import UNSET as UNSET
    from steelyard_runtime.pages import AsyncPages as AsyncPages, Page as Page, Pages as Pages
    from steelyard_runtime.response import Answer as Answer
    from steelyard_runtime.retry import Retries as Retries
    from steelyard_runtime.tokens import FileTokens as FileTokens, Tokens as Tokens, TokenStore as TokenStore

    from . import (
        calls as calls,
        errors as errors,
        login as login,
        models as models,
        operations as operations,
        testing as testing,
        webhooks as webhooks,
    )
    from .client import (
        CONTRACT_DIGEST as CONTRACT_DIGEST,
        CONTRACT_VERSION as CONTRACT_VERSION,
        AsyncSteelyard as AsyncSteelyard,
        Steelyard as Steelyard,
    )

__all__ = (
    "CONTRACT_DIGEST",
    "CONTRACT_VERSION",
    "UNSET",
    "Answer",
    "AsyncPages",
    "AsyncSteelyard",
    "FileTokens",
    "Page",
    "Pages",
    "PasswordAuth",
    "Retries",
    "Steelyard",
    "TokenStore",
    "Tokens",
    "calls",
    "errors",
    "login",
    "models",
    "operations",
    "testing",
    "webhooks",
)

_WHERE = {
    "UNSET": "steelyard_runtime.model",
    "Answer": "steelyard_runtime.response",
    "AsyncPages": "steelyard_runtime.pages",
    "Page": "steelyard_runtime.pages",
    "Pages": "steelyard_runtime.pages",
    "PasswordAuth": "steelyard_runtime.auth",
    "Retries": "steelyard_runtime.retry",
    "FileTokens": "steelyard_runtime.tokens",
    "TokenStore": "steelyard_runtime.tokens",
    "Tokens": "steelyard_runtime.tokens",
    "CONTRACT_DIGEST": f"{__name__}.client",
    "CONTRACT_VERSION": f"{__name__}.client",
    "AsyncSteelyard": f"{__name__}.client",
    "Steelyard": f"{__name__}.client",
}
_MODULES = frozenset(
    {
        "calls",
        "errors",
        "login",
        "models",
        "operations",
        "testing",
        "webhooks",
    }
)


if not TYPE_CHECKING:
    # Hidden from type checkers, which would take any name for one of this module's.
    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_WHERE[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
