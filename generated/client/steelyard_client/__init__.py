# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""The Steelyard SDK. Names load on first use, so that importing the package costs next to nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard_runtime.answer import Answer as Answer
    from steelyard_runtime.auth import PasswordAuth as PasswordAuth
    from steelyard_runtime.model import UNSET as UNSET
    from steelyard_runtime.pages import AsyncPages as AsyncPages
    from steelyard_runtime.pages import Page as Page
    from steelyard_runtime.pages import Pages as Pages
    from steelyard_runtime.retry import Retries as Retries
    from steelyard_runtime.tokens import FileTokens as FileTokens
    from steelyard_runtime.tokens import Tokens as Tokens
    from steelyard_runtime.tokens import TokenStore as TokenStore

    from . import calls as calls
    from . import errors as errors
    from . import models as models
    from . import operations as operations
    from . import testing as testing
    from . import webhooks as webhooks
    from .client import CONTRACT_DIGEST as CONTRACT_DIGEST
    from .client import CONTRACT_VERSION as CONTRACT_VERSION
    from .client import AsyncSteelyard as AsyncSteelyard
    from .client import Steelyard as Steelyard

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
    "models",
    "operations",
    "testing",
    "webhooks",
)

_WHERE = {
    "UNSET": "steelyard_runtime.model",
    "Answer": "steelyard_runtime.answer",
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
_MODULES = frozenset({"calls", "errors", "models", "operations", "testing", "webhooks"})


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
