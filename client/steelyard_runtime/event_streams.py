"""Server-sent events: they arrive one by one, and a stream that breaks off is continued behind its last event."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Final, Generic, TypeVar

from .call import Call
from .errors import ConnectionFailed
from .item_streams import AsyncItemStream, ItemStream, JsonLines, LineReader, reader_of
from .model import Record, jsonable

T = TypeVar("T")
LAST_EVENT_ID: Final = "Last-Event-ID"
# Where the server names none. A stream that breaks at once must not be opened again at once.
PAUSE_S = 3.0


class StreamEvent(Record, Generic[T]):
    """An event of a stream."""

    __slots__ = ("data", "id")

    def __init__(self, data: T, id: str | None = None) -> None:  # noqa: A002  # the word of the standard
        self.data: Final = data
        self.id: Final = id
        """By which the server continues behind it."""


class EventReader(LineReader[Any]):
    """Makes events of lines, by the rules of the HTML standard (9.2.6)."""

    def __init__(self, parse: Callable[[Any], Any], name: str = "", limit: int = 0) -> None:
        super().__init__(parse, name, limit)
        self._data: list[bytes] = []
        self._id: str | None = None
        self.last: str | None = None
        """The id of the last whole event."""
        self.pause = PAUSE_S
        """Seconds to wait before the stream is opened again, as the server has it."""

    def read(self, chunk: bytes) -> list[Any]:
        return [event for line in self.lines(chunk) for event in self._take(line.removesuffix(b"\r"))]

    def end(self) -> list[Any]:
        return []  # an event without its end is none

    def _take(self, line: bytes) -> list[Any]:
        if line:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"data":
                self._data.append(value)
            elif name == b"id" and b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
            elif name == b"retry" and value.isdigit():
                self.pause = int(value) / 1000
            return []
        data, self._data, self.last = self._data, [], self._id
        return [StreamEvent(self.parsed(b"\n".join(data)), self._id)] if data else []


class JsonEvents(JsonLines[T]):
    """Reads a whole body as the list of its events, or makes a reader of what arrives."""

    __slots__ = ()

    def reader(self, name: str = "", limit: int = 0) -> LineReader[Any]:
        return EventReader(self.item, name, limit)

    def text(self, items: list[Any]) -> str:
        lines = [(f"id: {event.id}\n" if event.id is not None else "", json.dumps(jsonable(event.data))) for event in items]
        return "".join([f"{identity}data: {data}\n\n" for identity, data in lines])


def call_after(call: Call[Any], reader: EventReader) -> Call[Any]:
    """The call that continues behind the last event."""
    return call if not reader.last else call.with_headers({LAST_EVENT_ID: reader.last})


class EventStream(ItemStream[StreamEvent[T]]):
    """The events of a stream, each as soon as it arrives. Close it, or leave its `with` block, to close the connection.

    A stream that breaks off is opened again behind the last event, until the server ends it or rejects the call.
    """

    def _arrive(self) -> Generator[StreamEvent[T], None, None]:
        call = self._call
        while True:
            reader = reader_of(call, self._client.core.max_answer)
            with self._client.stream(call) as arriving:
                try:
                    for chunk in arriving.iter_bytes():
                        yield from reader.read(chunk)
                    return
                except ConnectionFailed:
                    if not call.operation.resumable:
                        raise
            call = call_after(call, reader)
            time.sleep(reader.pause)


class AsyncEventStream(AsyncItemStream[StreamEvent[T]]):
    """The events of a stream, each as soon as it arrives. Close it, or leave its `async with` block, to close the connection.

    A stream that breaks off is opened again behind the last event, until the server ends it or rejects the call.
    """

    async def _arrive(self) -> AsyncGenerator[StreamEvent[T], None]:
        from anyio import sleep  # noqa: PLC0415  # only asynchronous clients need it

        call = self._call
        while True:
            reader = reader_of(call, self._client.core.max_answer)
            async with self._client.stream(call) as arriving:
                try:
                    async for chunk in arriving.iter_bytes():
                        for event in reader.read(chunk):
                            yield event
                    return
                except ConnectionFailed:
                    if not call.operation.resumable:
                        raise
            call = call_after(call, reader)
            await sleep(reader.pause)
