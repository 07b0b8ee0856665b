"""The items of a stream as bytes."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from steelyard.contract.http.media_types import EVENTS
from steelyard_contract.base import Encoded, StreamEvent
from steelyard_contract.operations import Operation

Write = Callable[[Any], bytes]

# How long a client of events waits before it connects again, and the beginning of each stream, which states it in milliseconds.
RETRY_S = 3
RETRY = b"retry: %d\n\n" % (RETRY_S * 1000)
# What keeps a connection open while there are no events: a comment.
PING = b": ping\n\n"
# They would end the line of an id, or the id.
_NOT_IN_IDS = frozenset("\r\n\0")


def framed(operation: Operation, media: str | None, write: Write) -> Write:
    """What turns an item into a line, or an event into its lines."""

    def line(item: Any) -> bytes:
        return (item if type(item) is Encoded else write(item)) + b"\n"

    if media != EVENTS:
        return line
    is_resumed = any(parameter.name == "Last-Event-ID" for parameter in operation.parameters)

    def event(item: StreamEvent[Any]) -> bytes:
        if item.id is None:
            if is_resumed:
                raise TypeError(f"{operation.id} made an event without an id, by which its clients continue")
            return b"data: %b\n" % line(item.data)
        if not _NOT_IN_IDS.isdisjoint(item.id):
            raise ValueError(f"{operation.id} made an event whose id has a line break or a NUL in it")
        return b"id: %b\ndata: %b\n" % (item.id.encode(), line(item.data))

    return event


async def written(items: AsyncIterator[Any], write: Write) -> AsyncIterator[bytes]:
    """Each item as bytes; the iterator is closed at the end, whatever ends it."""
    try:
        async for item in items:
            yield write(item)
    finally:
        await close(items)


async def close(items: AsyncIterator[Any]) -> None:
    """Let a generator end, wherever it waits."""
    end = getattr(items, "aclose", None)
    if end is not None:
        await end()
