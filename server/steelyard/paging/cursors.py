"""Where a page ended, as a token that the caller hands back: opaque, signed, and good for that one listing only.

The wire side of paging; the SQL side is `db.keyset`. A listing names itself by its operation and its scope (sort and filters).
Both are signed but not carried: the request for the next page repeats them, and another scope is another signature.
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

# Changes whenever what is carried or signed does; a cursor of another version is invalid, not misread.
_VERSION = b"\x01"
# 128 bits: forging one takes 2^127 requests, and 16 bytes keep the link short.
_SIGNATURE_BYTES = 16

Scope = Mapping[str, object]
# The sort key of the last row and its id, or the id alone.
Position = Sequence[int | str | datetime]


class Cursors:
    """Makes and reads cursors. The first key signs, all verify."""

    def __init__(self, *keys: bytes) -> None:
        # Own keys: nothing signed here can be taken for an access token, nor the other way round.
        self._keys = [hmac.digest(key, b"steelyard cursors", sha256) for key in keys]

    def seal(self, operation_id: str, scope: Scope, position: Position) -> str:
        """The cursor for what comes after `position`."""
        carried = to_json([{"at": part.isoformat()} if isinstance(part, datetime) else part for part in position])
        return urlsafe_b64encode(_VERSION + _sign(self._keys[0], operation_id, scope, carried) + carried).rstrip(b"=").decode()

    def open(self, cursor: str, operation_id: str, scope: Scope) -> list[int | str | datetime]:
        """The position that was sealed for the same operation and scope; anything else is an InvalidCursor."""
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise InvalidCursor
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise InvalidCursor from None
        # The standard decoder skips what is not base64, so many texts would mean one position; only ours is a cursor.
        if urlsafe_b64encode(sealed).rstrip(b"=").decode() != cursor or sealed[:1] != _VERSION:
            raise InvalidCursor
        signature, carried = sealed[1 : 1 + _SIGNATURE_BYTES], sealed[1 + _SIGNATURE_BYTES :]
        if not any(hmac.compare_digest(signature, _sign(key, operation_id, scope, carried)) for key in self._keys):
            raise InvalidCursor
        return [datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part for part in from_json(carried)]

    def resume(self, cursor: str | None, skip: int, operation_id: str, scope: Scope) -> list[int | str | datetime] | None:
        """The position to go on from, or nothing when the page is asked for by `skip`; both at once contradict each other."""
        if cursor is None:
            return None
        if skip:
            raise InvalidCursor
        return self.open(cursor, operation_id, scope)


def next_page_link(path: str, scope: Scope, limit: int, cursor: str) -> str:
    """The Link header (RFC 8288) to the next page: the same request, with the cursor in place of `skip`."""
    asked = "".join([f"{name}={_spelled(value)}&" for name, value in scope.items() if value is not None])
    return f'<{path}?{asked}limit={limit}&cursor={cursor}>; rel="next"'


def _sign(key: bytes, operation_id: str, scope: Scope, carried: bytes) -> bytes:
    # A JSON array ends where it ends, so no part can spill into the next one; what is carried may be any bytes before it is verified.
    # Left out and null are one: a caller who says neither means the same listing.
    said = to_json([operation_id, sorted([(name, value) for name, value in scope.items() if value is not None])])
    # Keyed BLAKE2 (RFC 7693) is a MAC by itself, and takes a tenth of the time of HMAC through OpenSSL.
    return blake2b(_VERSION + said + carried, key=key, digest_size=_SIGNATURE_BYTES).digest()


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return quote(value.isoformat(), safe="")
    return quote(str(value.value if isinstance(value, Enum) else value), safe="")
