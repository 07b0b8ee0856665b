"""Lists that fetch as they are walked. Nothing is sent before the first item or page is asked for, and one page is held at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

from .call import Call, Link
from .client import AsyncBaseClient, BaseClient
from .errors import UnexpectedAnswer

T = TypeVar("T")


class Page(list[T]):
    """The items of one answer."""

    next_cursor: str | None
    """Where the next page begins; None on the last one."""
    total: int | None
    """How many there are, where the server counted."""

    def __init__(self, items: Iterable[T] = (), *, next_cursor: str | None = None, total: int | None = None) -> None:
        super().__init__(items)
        self.next_cursor, self.total = next_cursor, total


class _Walk(Generic[T]):
    """The calls of one walk over the pages. A cursor that comes twice would go round for ever, and stopping would lose rows."""

    def __init__(self, call: Call[Any]) -> None:
        self.call: Call[Any] | None = call
        self._link = link_of(call)
        self._seen = set[str]()

    def take(self, value: Any) -> Page[T]:
        assert self.call is not None
        page = page_of(value, self._link)
        if page.next_cursor is None:
            self.call = None
            return cast("Page[T]", page)
        if page.next_cursor in self._seen:
            raise UnexpectedAnswer(
                f"{self.call.operation.name}: the cursor of this page has been seen before", pointer=f"/{self._link.member}"
            )
        self._seen.add(page.next_cursor)
        self.call = self.call.with_query({self._link.cursor: page.next_cursor, **dict(self._link.constants)})
        return cast("Page[T]", page)


def link_of(call: Call[Any]) -> Link:
    """Of an operation that has pages."""
    if call.operation.link is None:
        raise TypeError(f"{call.operation.name} has no pages")
    return call.operation.link


def page_of(value: Any, link: Link) -> Page[Any]:
    """The items of an answer."""
    return Page(value.items, next_cursor=getattr(value, link.member) or None, total=getattr(value, "total", None))


class Pages(Generic[T]):
    """A list of the server. Iterate it for all items, `pages()` for all pages; `page()` fetches one."""

    def __init__(self, client: BaseClient, call: Call[Any]) -> None:
        self._client, self._call = client, call

    def page(self) -> Page[T]:
        """The page that was asked for."""
        return cast("Page[T]", page_of(self._client.call(self._call), link_of(self._call)))

    def pages(self) -> Iterator[Page[T]]:
        """This page and all that follow."""
        walk = _Walk[T](self._call)
        while walk.call is not None:
            yield walk.take(self._client.call(walk.call))

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page


class AsyncPages(Generic[T]):
    """A list of the server. Iterate it for all items, `pages()` for all pages; `page()` fetches one."""

    def __init__(self, client: AsyncBaseClient, call: Call[Any]) -> None:
        self._client, self._call = client, call

    async def page(self) -> Page[T]:
        """The page that was asked for."""
        return cast("Page[T]", page_of(await self._client.call(self._call), link_of(self._call)))

    async def pages(self) -> AsyncIterator[Page[T]]:
        """This page and all that follow."""
        walk = _Walk[T](self._call)
        while walk.call is not None:
            yield walk.take(await self._client.call(walk.call))

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page:
                yield item
