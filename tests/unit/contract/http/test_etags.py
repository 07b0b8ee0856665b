import pytest

from steelyard.contract.http.etags import etag, if_match_allows, is_not_modified


def test_a_tag_begins_with_the_version() -> None:
    assert [etag(3), etag(3, 7), etag(3, 7, view="o")] == ['"3"', '"3.7"', '"3.7o"']


@pytest.mark.parametrize(
    ("if_match", "goes_ahead"),
    [
        (None, True),
        ("*", True),
        ('"3"', True),
        ('"3.9"', True),
        ('"3.9o"', True),
        ('"2", "3"', True),
        ('"2"', False),
        ('"33"', False),
        ('W/"3"', False),
        ('"3x"', False),
        ('"03"', False),
        ("3", False),
        ('"3', False),
        ('"2", nonsense, "3"', False),
        ("", False),
    ],
)
def test_if_match_compares_the_version(if_match: str | None, goes_ahead: bool) -> None:
    assert if_match_allows(if_match, 3) is goes_ahead


@pytest.mark.parametrize(
    ("if_none_match", "fresh"),
    [('"3.7"', True), ('W/"3.7"', True), ('"1", "3.7"', True), ("*", True), ('"3.8"', False), ('"3"', False), ("3.7", False)],
)
def test_if_none_match_compares_the_whole_tag(if_none_match: str, fresh: bool) -> None:
    assert is_not_modified(if_none_match, '"3.7"') is fresh
