"""The one way to list: a page by number or by cursor, its total, and the link to the next page.

A feature describes what to list, as a `Listing`; the paginator reads one page of it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Table

from steelyard.db.statements import Query
from steelyard.db.transaction import ReadOnly
from steelyard.paging.cursors import Cursors, Filters, next_page_link
from steelyard.paging.kept_pages import KeptPages
from steelyard.paging.totals import Totals
from steelyard_contract.bounds import COUNT_LIMIT
from steelyard_contract.operations import Operation

T = TypeVar("T")


class _RowWithId(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_RowWithId)
Row_co = TypeVar("Row_co", bound=_RowWithId, covariant=True)


class PageRequest(NamedTuple):
    """The page that a caller requests: after so many rows, or after a cursor."""

    skip: int
    limit: int
    cursor: str | None


class Page(NamedTuple, Generic[T]):
    """A page of rows. Only a page by number has `skip` and `total`; the last page has no cursor and no link."""

    rows: list[T]
    skip: int | None
    limit: int
    total: int | None
    next_cursor: str | None
    link: str | None
    # The bodies that were made of this page, if it is kept for the next requests of an equal one.
    bodies: dict[Hashable, Any] | None = None


class Select(Protocol[Row_co]):
    """Builds the statement for a page, made by `keyset_page`: from a number of rows, or `after` a position."""

    def __call__(self, *, after: bool) -> Query[Row_co]: ...


@dataclass(slots=True)
class Listing(Generic[Row]):
    """A list with its filters. Not frozen: one is made for each request, and a frozen one takes twice as long to make."""

    operation: Operation
    # As in the path and the query string. Every cursor is signed for them.
    filters: Filters
    # The arguments of both statements.
    arguments: Mapping[str, object]
    table: Table
    select: Select[Row]
    count: Query[int]
    # The column that the rows are sorted by; ties, or all rows without it, are sorted by id.
    key: str | None = None
    # Columns of the table whose updates do not change the total.
    uncounted: frozenset[str] = frozenset()
    # Whether many callers read the same pages.
    is_popular: bool = False


class Paginator:
    """Reads pages of listings."""

    def __init__(self, cursors: Cursors, totals: Totals, *, keeps_pages: bool = False) -> None:
        self._cursors = cursors
        self._totals = totals
        self._kept: KeptPages[Page[Any]] | None = KeptPages() if keeps_pages else None

    async def page(self, db: ReadOnly, listing: Listing[Row], request: PageRequest) -> Page[Row]:
        """Read one page. Raises InvalidCursor if the cursor is not from this listing."""
        skip, limit, cursor = request
        operation, filters, arguments, key = listing.operation, listing.filters, listing.arguments, listing.key
        # One row more than the page holds shows whether there is a next page.
        position = self._cursors.resume(cursor, skip, operation.id, filters)
        if position is not None:
            after = {"after_id": position[-1]} if key is None else {"after_key": position[0], "after_id": position[-1]}
            rows = await db.all(listing.select(after=True), **arguments, **after, limit=limit + 1)
            total = None
        else:
            rows = await db.all(listing.select(after=False), **arguments, limit=limit + 1, skip=skip)
            seen = min(skip + len(rows), COUNT_LIMIT)
            if len(rows) <= limit and (rows or not skip):
                total = seen  # the page shows the end of the list
            else:
                total = await self._totals.count(db, listing.table.name, listing.count, listing.uncounted, **arguments)
                if rows:
                    total = max(total, seen)  # a cached total may be older than the rows
        if self._kept is None or not listing.is_popular:
            return self._page(listing, request, rows, total, None)
        requested = (operation.id, request, *filters.values())
        page = self._kept.find(requested, rows, total)
        if page is None:
            page = self._page(listing, request, rows.copy(), total, {})
            self._kept.keep(requested, rows, total, page)
        return page

    def _page(
        self, listing: Listing[Row], request: PageRequest, rows: list[Row], total: int | None, bodies: dict[Hashable, Any] | None
    ) -> Page[Row]:
        skip, limit, cursor = request
        operation, filters, key = listing.operation, listing.filters, listing.key
        next_cursor = link = None
        if len(rows) > limit:
            rows.pop()
            last = rows[-1]
            next_cursor = self._cursors.seal(operation.id, filters, [last.id] if key is None else [getattr(last, key), last.id])
            link = next_page_link(operation.path, filters, limit, next_cursor)
        return Page(rows, skip if cursor is None else None, limit, total, next_cursor, link, bodies)
