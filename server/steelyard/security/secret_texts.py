"""Secrets that a client keeps and the server only recognises: refresh tokens and API keys."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

# 256 random bits are 43 characters of base64url.
_RANDOM_BYTES = 32


def make_secret(prefix: str, random_bytes: Callable[[int], bytes]) -> str:
    """A new secret of 47 characters. Scanners for leaked secrets recognise its prefix, which has four."""
    return prefix + urlsafe_b64encode(random_bytes(_RANDOM_BYTES)).rstrip(b"=").decode()


def hash_secret(secret: str) -> str:
    """Its SHA-256 in hexadecimal, under which it is stored. No salt: a text with 256 random bits is in no table of guesses."""
    return hashlib.sha256(secret.encode()).hexdigest()
