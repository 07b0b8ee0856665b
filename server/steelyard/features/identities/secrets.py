"""The secrets of a login: what a browser carries is random, what the database has of it is a hash, and the rest is derived."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_BYTES = 32
# Scanners for leaked secrets recognise it.
CODE_PREFIX = "syc_"


def code_challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class DerivedSecrets:
    """Sent to the provider, and derived again when the browser comes back; only the bearer of the state can do that."""

    nonce: str
    code_verifier: str


class LoginKeys:
    """Makes the secrets of logins. The first key derives; all can derive again, each found by its `kid`."""

    def __init__(self, keys: Sequence[str], random_bytes: Callable[[int], bytes]) -> None:
        self._by_kid = {hmac.digest(key.encode(), b"steelyard login key id", "sha256")[:6].hex(): key.encode() for key in keys}
        self.kid = next(iter(self._by_kid))
        self._random_bytes = random_bytes

    def random(self) -> str:
        """256 random bits as 43 characters."""
        return _base64url(self._random_bytes(_BYTES))

    def derive(self, kid: str, state: str) -> DerivedSecrets | None:
        """None for a key that has been removed since."""
        key = self._by_kid.get(kid)
        if key is None:
            return None
        nonce, verifier = (hmac.digest(key, f"steelyard login {purpose} {state}".encode(), "sha256") for purpose in ("nonce", "verifier"))
        return DerivedSecrets(_base64url(nonce), _base64url(verifier))
