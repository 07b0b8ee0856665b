# `nox -s generate`: never edit.
"""For the tests of code that uses this SDK."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from steelyard_runtime.operation import Operation
from steelyard_runtime.testing import Fake, Received

from . import operations
from .client import AsyncSteelyard, Steelyard

__all__ = ("FakeSteelyard", "Received")


@cache
def _examples() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = json.loads(resources.files(__name__.rpartition(".")[0]).joinpath("examples.json").read_bytes())
    return found


class FakeSteelyard(Fake[Steelyard, AsyncSteelyard]):
    """A stand-in server, scripted operation by operation. Strict: use it in a `with` block, or call `check()` at the end."""

    _HEADERS = {
        "etag": "create_user get_current_user get_user update_user set_user_access create_address update_address list_items create_item get_item update_item create_order get_order cancel_order get_public_data",
        "location": "create_user create_item create_order",
        "retry-after": "IdempotencyInProgress RateLimited NotReady Unavailable",
    }

    def operations(self) -> tuple[Operation[Any], ...]:
        return tuple([getattr(operations, name) for name in operations.__all__])

    def examples(self) -> Mapping[str, Mapping[str, Any]]:
        return _examples()

    def steelyard(self, **options: Any) -> Steelyard:
        """A client of this server; without waits between attempts and with a token unless options say otherwise."""
        return self._client(Steelyard, options)

    def async_steelyard(self, **options: Any) -> AsyncSteelyard:
        """The same, asynchronously."""
        return self._async_client(AsyncSteelyard, options)
