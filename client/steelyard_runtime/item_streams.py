"""Responses that arrive item by item: one JSON value on each line. Nothing is sent before the first item."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Any, Generic, Self, TypeVar

from .async_client import AsyncBaseClient
from .call import Call
from .client import BaseClient
from .client_base import ClientBase
from .errors import UNREADABLE, UnexpectedAnswer
from .model import UNSET, Unset, error_pointer, jsonable

T = TypeVar("T")
C = TypeVar("C", bound=ClientBase)


class LineReader(Generic[T]):
    """Cuts what arrives into lines, and reads each as JSON. Not with `iter_lines`: it also cuts at U+2028, which JSON may hold."""

    def __init__(self, parse: Callable[[Any], T], name: str = "", limit: int = 0) -> None:
        self._parse, self._name, self._limit = parse, name, limit
        self._rest = b""

    def lines(self, chunk: bytes) -> list[bytes]:
        """The lines that are complete now."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > self._limit > 0:
            raise UnexpectedAnswer(f"{self._name}: an item is larger than {self._limit} bytes; raise max_answer")
        return lines

    def parsed(self, text: bytes) -> T:
        try:
            return self._parse(json.loads(text))
        except UNREADABLE as error:
            pointer, kind = error_pointer(error.__traceback__), type(error).__name__
        # Without the cause: its text may hold the value.
        raise UnexpectedAnswer(f"{self._name}: an item breaks the contract, at {pointer or 'its root'} ({kind})", pointer=pointer)

    def read(self, chunk: bytes) -> list[T]:
        """The items that are complete now."""
        return [self.parsed(line) for line in self.lines(chunk) if line]

    def end(self) -> list[T]:
        """An item that no line break ends."""
        return self.read(b"\n")


class JsonLines(Generic[T]):
    """Reads a whole body as the list of its items, or makes a reader of what arrives."""

    __slots__ = ("item",)

    def __init__(self, item: Callable[[Any], T]) -> None:
        self.item = item

    def reader(self, name: str = "", limit: int = 0) -> LineReader[Any]:
        return LineReader(self.item, name, limit)

    def __call__(self, body: bytes) -> list[Any]:
        reader = self.reader()
        return [*reader.read(body), *reader.end()]

    def text(self, items: list[Any]) -> str:
        """The body of these items, as a server sends it."""
        return "".join([f"{json.dumps(jsonable(item))}\n" for item in items])


def reader_of(call: Call[Any], limit: int) -> Any:
    """For the response to a call, as its operation has it."""
    parse = call.operation.parse
    assert isinstance(parse, JsonLines)
    return parse.reader(call.operation.name, limit)


def view(client: C, timeout: float | Unset, headers: Mapping[str, str] | Unset) -> C:
    """The client with the options of one call."""
    return client if timeout is UNSET and headers is UNSET else client.with_options(timeout=timeout, headers=headers)


class ItemStream(Generic[T]):
    """The items of a response, each as soon as it arrives. Close it, or leave its `with` block, to close the connection early."""

    def __init__(
        self, client: BaseClient, call: Call[Any], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        self._client, self._call = view(client, timeout, headers), call
        self._items = self._arrive()

    def _arrive(self) -> Generator[T, None, None]:
        reader = reader_of(self._call, self._client.core.max_answer)
        with self._client.stream(self._call) as arriving:
            for chunk in arriving.iter_bytes():
                yield from reader.read(chunk)
            yield from reader.end()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return next(self._items)

    def close(self) -> None:
        """Close the connection. There are no further items."""
        self._items.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncItemStream(Generic[T]):
    """The items of a response, each as soon as it arrives. Close it, or leave its `async with` block, to close the connection early."""

    def __init__(
        self, client: AsyncBaseClient, call: Call[Any], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        self._client, self._call = view(client, timeout, headers), call
        self._items = self._arrive()

    async def _arrive(self) -> AsyncGenerator[T, None]:
        reader = reader_of(self._call, self._client.core.max_answer)
        async with self._client.stream(self._call) as arriving:
            async for chunk in arriving.iter_bytes():
                for item in reader.read(chunk):
                    yield item
            for item in reader.end():
                yield item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def aclose(self) -> None:
        """Close the connection. There are no further items."""
        await self._items.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
