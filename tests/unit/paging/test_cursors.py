"""Cursors: opaque, signed, and good for one listing."""

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from steelyard.paging.cursors import Cursors, next_page_link
from steelyard_contract import models as m
from steelyard_contract.problems import InvalidCursor

OLD, NEW = b"o" * 32, b"n" * 32
MOMENT = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
FILTERS = {"sort": m.ItemSort.price, "search": None, "in_stock": True, "status": "active"}


@pytest.mark.parametrize(
    "position",
    [[7], [1999, 7], ['L\u00e4mp "\\\n\U0001f4a1', 7], [datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC), 9_007_199_254_740_991], ["", 1], []],
)
def test_a_position_is_opened_unchanged(position: list[int | str | datetime]) -> None:
    cursors = Cursors(NEW)

    cursor = cursors.seal("listItems", FILTERS, position)

    assert cursors.open(cursor, "listItems", FILTERS) == position
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_missing_and_null_filters_are_equal_and_their_order_does_not_matter() -> None:
    cursors = Cursors(NEW)

    cursor = cursors.seal("listItems", FILTERS, [7])

    assert cursors.open(cursor, "listItems", {"status": "active", "in_stock": True, "sort": "price"}) == [7]


@pytest.mark.parametrize(
    ("operation_id", "filters"),
    [
        ("listUsers", FILTERS),
        ("listItems", {}),
        ("listItems", FILTERS | {"sort": "title"}),
        ("listItems", FILTERS | {"in_stock": False}),
        ("listItems", FILTERS | {"in_stock": 1}),
        ("listItems", FILTERS | {"search": ""}),
        ("listItems", FILTERS | {"category": "lighting"}),
    ],
)
def test_a_cursor_of_another_operation_filter_or_sort_is_invalid(operation_id: str, filters: dict[str, object]) -> None:
    cursors = Cursors(NEW)
    cursor = cursors.seal("listItems", FILTERS, [7])

    with pytest.raises(InvalidCursor):
        cursors.open(cursor, operation_id, filters)


def test_every_changed_character_makes_a_cursor_invalid() -> None:
    cursors = Cursors(NEW)
    cursor = cursors.seal("listItems", FILTERS, [datetime(2026, 3, 1, tzinfo=UTC), 7])

    for place, character in enumerate(cursor):
        for other in "Aa0-_":
            if other != character:
                with pytest.raises(InvalidCursor):
                    cursors.open(cursor[:place] + other + cursor[place + 1 :], "listItems", FILTERS)


@pytest.mark.parametrize("junk", ["", "A", "AAAA", "=", "AQ==", "\u00e9", ".", "~", "A" * 2049, "A" * 2048, " ", "a b", "a+b/"])
def test_junk_is_an_invalid_cursor_and_nothing_worse(junk: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursors(NEW).open(junk, "listItems", FILTERS)


def test_random_bytes_are_invalid_cursors() -> None:
    chance = random.Random(3)

    for length in range(200):
        cursor = urlsafe_b64encode(b"\x01" + chance.randbytes(length)).rstrip(b"=").decode()
        with pytest.raises(InvalidCursor):
            Cursors(NEW).open(cursor, "listItems", FILTERS)


@pytest.mark.parametrize(
    "spoil", [lambda text: text + "=", lambda text: text + "A", lambda text: text[:-1], lambda text: text[:8] + "." + text[8:]]
)
def test_one_position_has_one_spelling(spoil: object) -> None:
    cursors = Cursors(NEW)
    cursor = cursors.seal("listItems", FILTERS, [7])
    assert callable(spoil)

    with pytest.raises(InvalidCursor):
        cursors.open(spoil(cursor), "listItems", FILTERS)


def test_a_cursor_of_another_version_is_invalid() -> None:
    cursors = Cursors(NEW)
    cursor = cursors.seal("listItems", FILTERS, [7])
    other = urlsafe_b64encode(b"\x02" + urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[1:]).rstrip(b"=").decode()

    with pytest.raises(InvalidCursor):
        cursors.open(other, "listItems", FILTERS)


def test_keys_are_rotated_without_losing_a_page() -> None:
    before = Cursors(OLD).seal("listItems", FILTERS, [7])
    rotated = Cursors(NEW, OLD)

    after = rotated.seal("listItems", FILTERS, [7])

    assert rotated.open(before, "listItems", FILTERS) == rotated.open(after, "listItems", FILTERS) == [7]
    assert Cursors(NEW).open(after, "listItems", FILTERS) == [7]
    with pytest.raises(InvalidCursor):
        Cursors(NEW).open(before, "listItems", FILTERS)


@pytest.mark.parametrize(
    ("operation_id", "filters", "position", "cursor"),
    [
        (
            "listItems",
            {"status": "active", "sort": "price", "search": "lamp", "max_price": 100, "in_stock": True},
            [50, 7],
            "AbwaobPJtdgRfe_CGr53ATlbNTAsN10",
        ),
        (
            "listOrders",
            {"role": "buyer", "status": "pending", "created_after": MOMENT, "sort": "-created_at"},
            [MOMENT, 7],
            "AeIPMyR_5y9tqsgNSBQgv4tbeyJhdCI6IjIwMjYtMDMtMDFUMTI6MDA6MDAuMDAwMDAxKzAwOjAwIn0sN10",
        ),
        ("listUsers", {"sort": "id", "q": "al", "role": "user", "is_active": True}, [7], "AY0oBwZHOwrGrYUh6Tldg69bN10"),
        ("listStockMovements", {"item_id": 3}, [7], "AZyJqrfqjSoCy6hllMEYIRhbN10"),
    ],
)
def test_a_cursor_of_an_earlier_release_stays_valid(
    operation_id: str, filters: dict[str, object], position: list[int | str | datetime], cursor: str
) -> None:
    assert Cursors(b"k" * 32).seal(operation_id, filters, position) == cursor


def test_resuming_needs_a_cursor_and_no_skip() -> None:
    cursors = Cursors(NEW)
    cursor = cursors.seal("listItems", FILTERS, [7])

    assert cursors.resume(None, 40, "listItems", FILTERS) is None
    assert cursors.resume(cursor, 0, "listItems", FILTERS) == [7]
    with pytest.raises(InvalidCursor):
        cursors.resume(cursor, 1, "listItems", FILTERS)


def test_the_link_repeats_the_request() -> None:
    filters = {
        "q": "a&b=c <\u00e9>",
        "role": None,
        "is_active": False,
        "sort": m.ItemSort("-price"),
        "since": datetime(2026, 3, 1, tzinfo=UTC),
    }

    link = next_page_link("/things", filters, 5, "AbC-_")

    query = "q=a%26b%3Dc%20%3C%C3%A9%3E&is_active=false&sort=-price&since=2026-03-01T00%3A00%3A00%2B00%3A00"
    assert link == f'</things?{query}&limit=5&cursor=AbC-_>; rel="next"'


def test_the_path_of_a_link_takes_the_filters_that_it_names() -> None:
    link = next_page_link("/things/{thing_id}/parts", {"thing_id": 3, "q": "a"}, 5, "AbC-_")

    assert link == '</things/3/parts?q=a&limit=5&cursor=AbC-_>; rel="next"'
