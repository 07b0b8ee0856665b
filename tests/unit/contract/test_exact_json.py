from typing import Any

import pytest

from steelyard.contract.exact_json import DEEPEST, NotJson, decode


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b" [1, 2] ", [1, 2]),
        (b"5.0", 5),
        (b"5e0", 5),
        (b"5.5", 5.5),
        ('"é"'.encode(), "é"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b"null", None),
        (b'{"a": {"a": 1}, "b": [{"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 2}]}),
    ],
)
def test_json_is_decoded(raw: bytes, value: Any) -> None:
    assert decode(raw) == value
    assert type(decode(raw)) is type(value)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"1 2", "Extra data"),
        (b"{'a': 1}", "Expecting property name"),
        (b"NaN", "NaN is not"),
        (b'{"a": -Infinity}', "-Infinity is not"),
        (b'"\x01"', "Invalid control character"),
        (b"\xef\xbb\xbf{}", "Expecting value"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        ('{"a": 1}'.encode("utf-32-le"), "Expecting property name"),
        (b'"\xff"', "not UTF-8"),
        (b"1" * 5000, "too many digits"),
        (b'{"a": 1, "a": 1}', "'a' .* twice"),
        (b'{"x": [{"b": 1, "c": 2, "b": 3}]}', "'b' of the object at /x/0 is there twice"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deeper than 32"),
        (b"[" * 100_000 + b"]" * 100_000, "deeper than 32"),
    ],
)
def test_what_rfc_8259_does_not_allow_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(NotJson, match=why):
        decode(raw)


def test_the_deepest_nesting_is_accepted() -> None:
    assert decode(b"[" * DEEPEST + b"]" * DEEPEST)
