"""A response as it is sent: status, header fields, body."""

from collections.abc import AsyncIterator
from typing import NamedTuple

Header = tuple[bytes, bytes]


class RawResponse(NamedTuple):
    """A response without the header fields that the compiled operation and the edge add."""

    status: int
    headers: list[Header]
    body: bytes
    items: AsyncIterator[bytes] | None = None
    """Of a stream: what follows the body, which is its beginning."""
