"""Where a request has its API key, and what is no key."""

import pytest

from steelyard.contract.access import keys
from steelyard_contract.problems import NotAuthenticated


@pytest.fixture(autouse=True)
def _places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "KEYS", {"device": ("header", "X-Key"), "link": ("query", "key"), "seat": ("cookie", "seat")})


@pytest.mark.parametrize(
    ("scheme", "headers", "query", "key"),
    [
        ("device", {b"x-key": b"a"}, b"", b"a"),
        ("device", {b"x-kex": b"a"}, b"key=b", None),
        ("link", {}, b"a=b&key=%61%2F", b"a/"),
        ("link", {b"key": b"a"}, b"keys=a", None),
        ("seat", {b"cookie": b"a=b; seat=c=d;e"}, b"", b"c=d"),
        ("seat", {b"cookie": b"seats=a; xseat=b"}, b"seat=a", None),
        ("seat", {}, b"", None),
        ("oauth2", {b"authorization": b"bearer a"}, b"", b"a"),
        ("oauth2", {}, b"", None),
    ],
)
def test_a_key_is_read_where_the_contract_says(scheme: str, headers: dict[bytes, bytes], query: bytes, key: bytes | None) -> None:
    assert keys._reader(scheme)(headers, (), query) == key


@pytest.mark.parametrize(
    ("scheme", "headers", "repeated", "query"),
    [
        ("device", {b"x-key": b""}, (), b""),
        ("device", {b"x-key": b"a, a"}, {b"x-key"}, b""),
        ("link", {}, (), b"key"),
        ("link", {}, (), b"key=a&key=a"),
        ("link", {}, (), b"key=%ff"),
        ("seat", {b"cookie": b"seat="}, (), b""),
        ("seat", {b"cookie": b"seat=a; seat=a"}, (), b""),
        ("seat", {b"cookie": b"seat=a, seat=b"}, {b"cookie"}, b""),
        ("oauth2", {b"authorization": b"Basic a"}, (), b""),
        ("oauth2", {b"authorization": b"Bearer a, Bearer b"}, {b"authorization"}, b""),
    ],
)
def test_an_empty_key_and_one_that_is_sent_twice_are_rejected(
    scheme: str, headers: dict[bytes, bytes], repeated: set[bytes], query: bytes
) -> None:
    with pytest.raises(NotAuthenticated):
        keys._reader(scheme)(headers, repeated, query)
