import pytest

from steelyard.contract.http.query_strings import Undecodable, parse_pairs, percent_decode


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"flag", [("flag", "")]),
        (b"a=x+y%20z%2B", [("a", "x y z+")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a=%C3%A9&&b=", [("a", "é"), ("b", "")]),
        (b"a=%FF", [("a", None)]),
        (b"a=%zz", [("a", None)]),
        (b"a=%4", [("a", None)]),
        (b"a=100%", [("a", None)]),
        (b"%61=1", [("a", "1")]),
        (b"", []),
    ],
)
def test_a_query_string_is_pairs_in_order(raw: bytes, pairs: list[tuple[str, str | None]]) -> None:
    assert parse_pairs(raw) == pairs


@pytest.mark.parametrize("raw", [b"%FF", b"%ED%A0%80", b"%C0%80", b"%", b"%g1", b"\xff"])
def test_a_query_string_that_is_not_utf_8_is_undecodable(raw: bytes) -> None:
    with pytest.raises(Undecodable):
        percent_decode(raw)
