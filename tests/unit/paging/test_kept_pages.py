"""Pages that are kept for the next requests of equal ones."""

from steelyard.paging import kept_pages
from steelyard.paging.kept_pages import KeptPages


def test_a_page_is_found_by_its_request_its_rows_and_its_total() -> None:
    pages: KeptPages[str] = KeptPages()
    pages.keep("newest", [(1, "Lamp")], 1, "page")

    assert pages.find("newest", [(1, "Lamp")], 1) == "page"
    assert pages.find("oldest", [(1, "Lamp")], 1) is None
    assert pages.find("newest", [(1, "Torch")], 1) is None
    assert pages.find("newest", [(1, "Lamp"), (2, "Lamp")], 1) is None
    assert pages.find("newest", [(1, "Lamp")], 2) is None


def test_a_changed_page_takes_the_place_of_the_one_before() -> None:
    pages: KeptPages[str] = KeptPages()
    pages.keep("newest", [1], 1, "before")
    pages.keep("newest", [2], 1, "after")

    assert (pages.find("newest", [1], 1), pages.find("newest", [2], 1)) == (None, "after")


def test_the_oldest_pages_are_dropped_and_empty_ones_count_too() -> None:
    pages: KeptPages[str] = KeptPages()
    rows = list(range(99))
    for number in range(20):
        pages.keep(number, rows, None, "page")
    kept = [number for number in range(20) if pages.find(number, rows, None)]
    for number in range(2 * kept_pages.MAX_ROWS):
        pages.keep(("nothing", number), [], 0, "page")

    assert kept == list(range(10, 20))
    assert len(pages._kept) == kept_pages.MAX_ROWS
