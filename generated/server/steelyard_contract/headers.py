# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The headers and methods that pages of other origins may use, and the headers that never vary."""

from collections.abc import Mapping

# Response headers that scripts of other origins may read.
EXPOSED: tuple[str, ...] = (
    "X-Request-ID",
    "X-Response-Time",
    "Contract-Digest",
    "RateLimit-Policy",
    "RateLimit",
    "Link",
    "Retry-After",
    "Location",
    "ETag",
    "Idempotency-Replayed",
    "Set-Cookie",
    "Deprecation",
    "Sunset",
)

# Request headers that pages of other origins may send.
ACCEPTED: tuple[str, ...] = ("Accept", "Authorization", "Content-Type", "If-None-Match", "If-Match", "Idempotency-Key")

METHODS: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")

# Headers that have the same value in every response.
CONSTANTS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
