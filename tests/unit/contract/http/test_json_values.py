from typing import Any

import pytest

from steelyard.contract.http.json_values import MAX_DEPTH, InvalidJson, decode_json


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b" [1, 2] ", [1, 2]),
        (b"5.0", 5),
        (b"5e0", 5),
        (b"5.5", 5.5),
        (b'{"a": [5.0, {"b": 50e-1}], "c": 5E0}', {"a": [5, {"b": 5}], "c": 5}),
        (b"-0.0", 0),
        ('"é"'.encode(), "é"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b"null", None),
        (b'{"a": {"a": 1}, "b": [{"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 2}]}),
    ],
)
def test_json_is_decoded(raw: bytes, value: Any) -> None:
    assert decode_json(raw) == value
    assert repr(decode_json(raw)) == repr(value)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "EOF while parsing a value at line 1"),
        (b"{", "EOF while parsing an object"),
        (b"1 2", "Trailing characters at line 1 column 3"),
        (b"{'a': 1}", "Key must be a string"),
        (b"NaN", "Expected value"),
        (b'{"a": -Infinity}', "Invalid number at line 1 column 8"),
        (b'"\x01"', "Control character"),
        (b'"a\\qb"', "Invalid escape at line 1 column 4"),
        (b'"\\ud800"', "escape that is not a character at line 1"),
        (b'"\\ud800\\u0041"', "escape that is not a character at line 1"),
        (b'"\\udc00"', "escape that is not a character at line 1"),
        (b"\xef\xbb\xbf{}", "Expected value"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        ('{"a": 1}'.encode("utf-32-le"), "Key must be a string"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"1" * 5000, "too many digits"),
        (b'{"a": 1, "a": 1}', "The member 'a' is there twice at line 1 column"),
        (b'{"a": 1, "\\u0061": 1}', "The member 'a' is there twice"),
        (b'{"x": [{"b": 1, "c": 2, "b": 3}]}', "The member 'b' is there twice at line 1 column"),
        (b'{"%b": 1, "%b": 1}' % (b"a" * 1000, b"a" * 1000), f"The member '{'a' * 100}' is there twice at line 1 column 2012"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper than 32"),
        (b"[" * 100_000 + b"]" * 100_000, "deeper than 32"),
    ],
)
def test_json_that_rfc_8259_does_not_allow_is_rejected(raw: bytes, why: str) -> None:
    with pytest.raises(InvalidJson, match=why):
        decode_json(raw)


def test_the_deepest_nesting_is_accepted() -> None:
    assert decode_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
