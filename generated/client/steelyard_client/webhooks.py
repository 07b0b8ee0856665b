# `nox -s generate`: never edit.
"""Deliveries by webhook: `read` checks one and gives its event; `sign` makes one for tests."""

from collections.abc import Mapping
from typing import Any

from steelyard_runtime.model import Model, Unknown
from steelyard_runtime.webhooks import BadSignature, event_of, sign, verify

__all__ = ("BadSignature", "Unknown", "read", "sign", "verify")

EVENTS: Mapping[str, type[Model]] = {}
"""The events that this version of the SDK knows, by type."""


def read(body: bytes, headers: Mapping[str, str], *secrets: str, tolerance: float = 300.0, now: float | None = None) -> Model:
    """The event of a delivery, after its signature and age were checked; Unknown for a type that a newer server sends."""
    found: Any = event_of(verify(body, headers, *secrets, tolerance=tolerance, now=now), EVENTS)
    event: Model = found
    return event
