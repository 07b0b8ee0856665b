"""A body that is handled while it arrives."""

from collections.abc import AsyncIterator

from starlette.types import Receive

from steelyard.contract.request.heads import ClientDisconnected
from steelyard_contract.problems import BodyTooLarge


async def parts(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    """The parts of a body. They are counted, so that a body without Content-Length is stopped at the limit as well."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        yield part
        more = message.get("more_body", False)
