"""Cursors: where a page ended, as an opaque and signed token that is valid for one listing only.

This is the wire side of paging; the SQL side is `keyset`. A listing is identified by its operation and its filters, sort included.
Both are signed but not contained: the request for the next page repeats them, and other filters have another signature.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from hashlib import blake2b, sha256
from urllib.parse import quote

from pydantic_core import from_json, to_json

from steelyard_contract.bounds import MAX_CURSOR_LENGTH
from steelyard_contract.problems import InvalidCursor

# Changes with the contents or the signature; a cursor of another version is invalid.
_VERSION = b"\x01"
# 128 bits: a forgery takes 2^127 requests, and 16 bytes keep the link short.
_SIGNATURE_BYTES = 16

# By the names of the contract, sort included.
Filters = Mapping[str, object]
# The sort key of the last row and its id, or the id alone.
Position = Sequence[int | str | datetime]


class Cursors:
    """Makes and opens cursors. The first key signs, all keys verify."""

    def __init__(self, *keys: bytes) -> None:
        # Derived keys, so that a cursor is never a valid access token, or the other way round.
        self._keys = [hmac.digest(key, b"steelyard cursors", sha256) for key in keys]

    def seal(self, operation_id: str, filters: Filters, position: Position) -> str:
        """Return the cursor for the rows after `position`."""
        payload = to_json([{"at": part.isoformat()} if isinstance(part, datetime) else part for part in position])
        return urlsafe_b64encode(_VERSION + _sign(self._keys[0], operation_id, filters, payload) + payload).rstrip(b"=").decode()

    def open(self, cursor: str, operation_id: str, filters: Filters) -> list[int | str | datetime]:
        """Return the position that was sealed for the same operation and filters; raise InvalidCursor otherwise."""
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise InvalidCursor
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise InvalidCursor from None
        # The standard decoder skips characters outside base64, so many texts would stand for one position. Only the encoded form is valid.
        if urlsafe_b64encode(sealed).rstrip(b"=").decode() != cursor or sealed[:1] != _VERSION:
            raise InvalidCursor
        signature, payload = sealed[1 : 1 + _SIGNATURE_BYTES], sealed[1 + _SIGNATURE_BYTES :]
        if not any(hmac.compare_digest(signature, _sign(key, operation_id, filters, payload)) for key in self._keys):
            raise InvalidCursor
        return [datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part for part in from_json(payload)]

    def resume(self, cursor: str | None, skip: int, operation_id: str, filters: Filters) -> list[int | str | datetime] | None:
        """Return the position that the page begins after; None for a page by `skip`. Both at once raise InvalidCursor."""
        if cursor is None:
            return None
        if skip:
            raise InvalidCursor
        return self.open(cursor, operation_id, filters)


def next_page_link(path: str, filters: Filters, limit: int, cursor: str) -> str:
    """Return the Link header (RFC 8288) to the next page: the same request, with the cursor in place of `skip`.

    `path` is the contract's; it takes the filters that it names, such as `{item_id}`.
    """
    query = "".join([f"{name}={_to_text(value)}&" for name, value in filters.items() if value is not None and f"{{{name}}}" not in path])
    return f'<{path.format_map(filters)}?{query}limit={limit}&cursor={cursor}>; rel="next"'


def _sign(key: bytes, operation_id: str, filters: Filters, payload: bytes) -> bytes:
    # A JSON array shows where it ends, so no part can spill into the next; before verification the payload may be any bytes.
    # A missing filter equals null.
    listing = to_json([operation_id, sorted([(name, value) for name, value in filters.items() if value is not None])])
    # Keyed BLAKE2 (RFC 7693) is a MAC by itself, and takes a tenth of the time of HMAC through OpenSSL.
    return blake2b(_VERSION + listing + payload, key=key, digest_size=_SIGNATURE_BYTES).digest()


def _to_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return quote(value.isoformat(), safe="")
    return quote(str(value.value if isinstance(value, Enum) else value), safe="")
