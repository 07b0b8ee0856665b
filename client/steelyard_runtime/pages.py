"""Lists that fetch their pages during iteration. Nothing is sent before the first item or page, and one page is held at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Generic, NoReturn, TypeVar, cast

from .async_client import AsyncBaseClient
from .call import Call
from .client import BaseClient
from .errors import UnexpectedAnswer
from .model import UNSET, Unset
from .operation import Link

T = TypeVar("T")


class Page(list[T]):
    """The items of one page."""

    next_cursor: str | None
    """The cursor of the next page; None on the last one."""
    total: int | None
    """How many there are, where the server counted."""

    def __init__(self, items: Iterable[T] = (), *, next_cursor: str | None = None, total: int | None = None) -> None:
        super().__init__(items)
        self.next_cursor, self.total = next_cursor, total


class _Walk(Generic[T]):
    """The calls of one iteration over the pages. A repeated cursor is an error: to go on would not end, and to stop would lose rows."""

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
                f"{self.call.operation.name}: the cursor of this page was on an earlier page", pointer=f"/{self._link.member}"
            )
        self._seen.add(page.next_cursor)
        self.call = call_after(self.call, page.next_cursor, self._link)
        return cast("Page[T]", page)


def link_of(call: Call[Any]) -> Link:
    """Of an operation that has pages."""
    if call.operation.link is None:
        raise TypeError(f"{call.operation.name} has no pages")
    return call.operation.link


def call_after(call: Call[Any], cursor: str, link: Link) -> Call[Any]:
    """The call of the page that begins at a cursor."""
    return call.with_query({link.cursor: cursor, **dict(link.constants)})


def page_of(value: Any, link: Link) -> Page[Any]:
    """The items of a response."""
    return Page(value.items, next_cursor=getattr(value, link.member) or None, total=getattr(value, "total", None))


class _Listing(Generic[T]):
    """A list by the call of its first page; nothing is fetched yet."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call
        self._link = link_of(call)

    def _page(self, value: Any) -> Page[T]:
        return cast("Page[T]", page_of(value, self._link))

    def _call_after(self, page: Page[T]) -> Call[Any] | None:
        if not isinstance(page, Page):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"next_page() takes a page that page() or next_page() returned; given: {type(page).__name__}")
        return None if page.next_cursor is None else call_after(self._call, page.next_cursor, self._link)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._call.operation.name}: nothing fetched yet; iterate it, or use first(), page() or pages()>"

    def __bool__(self) -> NoReturn:
        name = self._call.operation.name
        raise TypeError(f"whether {name} has items is known when it is fetched: compare first() with None, or take list() of it")


class Pages(_Listing[T]):
    """A list of the server. Iterate it for all items, `pages()` for all pages; `first()` and `page()` fetch once."""

    def __init__(
        self, client: BaseClient, call: Call[Any], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        super().__init__(call)
        self._client = client if timeout is UNSET and headers is UNSET else client.with_options(timeout=timeout, headers=headers)

    def first(self) -> T | None:
        """The first item, or None if the list is empty."""
        return next(iter(self.page()), None)

    def page(self) -> Page[T]:
        """The first page, by the arguments of the call."""
        return self._page(self._client.call(self._call))

    def next_page(self, page: Page[T]) -> Page[T] | None:
        """The page after a page of this list, or None after the last."""
        call = self._call_after(page)
        return None if call is None else self._page(self._client.call(call))

    def pages(self) -> Iterator[Page[T]]:
        """This page and all that follow."""
        walk = _Walk[T](self._call)
        while walk.call is not None:
            yield walk.take(self._client.call(walk.call))

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page


class AsyncPages(_Listing[T]):
    """A list of the server. Iterate it for all items, `pages()` for all pages; `first()` and `page()` fetch once."""

    def __init__(
        self, client: AsyncBaseClient, call: Call[Any], timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET
    ) -> None:
        super().__init__(call)
        self._client = client if timeout is UNSET and headers is UNSET else client.with_options(timeout=timeout, headers=headers)

    async def first(self) -> T | None:
        """The first item, or None if the list is empty."""
        return next(iter(await self.page()), None)

    async def page(self) -> Page[T]:
        """The first page, by the arguments of the call."""
        return self._page(await self._client.call(self._call))

    async def next_page(self, page: Page[T]) -> Page[T] | None:
        """The page after a page of this list, or None after the last."""
        call = self._call_after(page)
        return None if call is None else self._page(await self._client.call(call))

    async def pages(self) -> AsyncIterator[Page[T]]:
        """This page and all that follow."""
        walk = _Walk[T](self._call)
        while walk.call is not None:
            yield walk.take(await self._client.call(walk.call))

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page:
                yield item
