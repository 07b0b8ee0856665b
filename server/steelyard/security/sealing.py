"""Encrypts what the database stores of a secret that a client gets once."""

from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
# NIST SP 800-38D (8.2.2): 96 random bits for each message, and at most 2^32 messages with a key.
_NONCE_BYTES = 12
# Another purpose would have another text, and so another key from the same secret.
_PURPOSE = b"steelyard sealed responses"


class Sealing:
    """AES-256-GCM with keys derived from the secret keys (HKDF, RFC 5869). The first one seals, all of them open."""

    def __init__(self, secret_keys: Sequence[str], random_bytes: Callable[[int], bytes]) -> None:
        self._ciphers = [AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(key.encode())) for key in secret_keys]
        self._random_bytes = random_bytes

    def seal(self, text: bytes, *, place: bytes) -> bytes:
        """The encrypted text, which opens only with the same `place`: copied to another row, it does not."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, text, place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes | None:
        """The text; None if it was sealed with another key or for another place."""
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
            except (InvalidTag, ValueError):  # the second for a text that is too short
                continue
        return None
