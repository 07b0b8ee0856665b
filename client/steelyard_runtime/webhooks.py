"""Deliveries by webhook (Standard Webhooks): HMAC-SHA256 over `id.timestamp.body`, checked before anything is parsed."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256
from time import time
from typing import Any, cast

from .errors import NO_JSON, SteelyardError
from .model import Model, Unknown

PREFIX = "whsec_"


class BadSignature(SteelyardError):
    """The delivery is forged, altered, expired or from the future."""


def verify(body: bytes, headers: Mapping[str, str], *secrets: str, tolerance: float = 300.0, now: float | None = None) -> Any:
    """Check signature and age of a delivery; returns its JSON value. Several secrets allow rotation.

    Args:
        body: The raw bytes, unparsed.
        headers: Names in any case.
        secrets: All secrets in use, with or without their prefix `whsec_`.
        tolerance: Seconds for the difference of clocks and the time of delivery.
        now: Seconds since 1970; by default the current time.

    Raises:
        BadSignature: Its text never has the expected signature.
    """
    if not secrets:
        raise TypeError("verify() needs a secret")
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        ident, stamp, offered = lower["webhook-id"], lower["webhook-timestamp"], lower["webhook-signature"]
        age = abs((time() if now is None else now) - int(stamp))
    except (KeyError, ValueError, OverflowError):
        raise BadSignature("the headers of a delivery are missing or malformed") from None
    if not age <= tolerance:
        raise BadSignature("the delivery has expired, or is from the future")
    signatures = [_signature(body, ident, stamp, secret) for secret in secrets]
    received = [part[3:].encode() for part in offered.split(" ") if part.startswith("v1,")]
    # All pairs, so that the time does not depend on the one that fits.
    if not any([hmac.compare_digest(ours, theirs) for ours in signatures for theirs in received]):  # noqa: C419
        raise BadSignature("no signature fits")
    try:
        return json.loads(body)
    except NO_JSON:
        raise BadSignature("the delivery is not JSON") from None


def sign(body: bytes, secret: str, *, ident: str = "msg_test", now: float | None = None) -> dict[str, str]:
    """The headers of a delivery, for tests of code that receives some."""
    stamp = str(int(time() if now is None else now))
    signature = _signature(body, ident, stamp, secret).decode()
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def event_of(value: Any, events: Mapping[str, type[Model]]) -> Model:
    """The typed event of a delivery; Unknown for one that a newer server sends."""
    if not isinstance(value, dict):
        raise BadSignature("the delivery is not an event")
    data = cast("dict[str, Any]", value)
    model = events.get(str(data.get("type")))
    return Unknown.from_dict(data) if model is None else model.from_dict(data)


def _signature(body: bytes, ident: str, stamp: str, secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (Error, ValueError):
        # Without the cause: its text may hold the secret.
        raise ValueError("a webhook secret is base64, after its prefix whsec_") from None
    return b64encode(hmac.digest(key, f"{ident}.{stamp}.".encode() + body, sha256))
