"""The pages that were read last. A request whose rows and total are those of a kept page gets that page, with the bodies made of it.

The rows are read for each request, so no page is stale: only what follows from them is kept. Rows are values, and those that simultaneous
requests share are the same objects, which takes no time to compare.
"""

from collections.abc import Hashable
from typing import Any, Generic, TypeVar

Page = TypeVar("Page")

# Of all kept pages together: forty-five pages of the usual length, or nine of the longest. They take some three megabytes.
MAX_ROWS = 1000


class KeptPages(Generic[Page]):
    """Pages by what was requested. The oldest one is dropped first."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[list[Any], int | None, Page]] = {}
        self._rows = 0

    def find(self, requested: Hashable, rows: list[Any], total: int | None) -> Page | None:
        """The page of these rows, if it was kept."""
        kept = self._kept.get(requested)
        return kept[2] if kept is not None and kept[1] == total and kept[0] == rows else None

    def keep(self, requested: Hashable, rows: list[Any], total: int | None, page: Page) -> None:
        """Keep the page that was made of these rows, in place of the earlier one."""
        self._drop(requested)
        self._kept[requested] = rows, total, page
        # An empty page takes room, too.
        self._rows += len(rows) + 1
        while self._rows > MAX_ROWS:
            self._drop(next(iter(self._kept)))

    def _drop(self, requested: Hashable) -> None:
        kept = self._kept.pop(requested, None)
        if kept is not None:
            self._rows -= len(kept[0]) + 1
