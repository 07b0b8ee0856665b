"""A response as it is sent: status, header fields, body."""

from typing import NamedTuple

Header = tuple[bytes, bytes]


class RawResponse(NamedTuple):
    """A response without the header fields that the compiled operation and the edge add."""

    status: int
    headers: list[Header]
    body: bytes
