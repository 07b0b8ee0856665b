from typing import Any

import pytest

from steelyard.contract.document import Document
from steelyard.contract.request.parameters import ParameterReader
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS

DOCUMENT = Document.load()


def read(
    operation_id: str,
    *,
    path: dict[str, str] | None = None,
    query: bytes = b"",
    headers: dict[bytes, bytes] | None = None,
    repeated: Any = (),
) -> tuple[dict[str, Any], list[tuple[str, list[str | int]]]]:
    violations: list[m.Violation] = []
    values = ParameterReader(OPERATIONS[operation_id], DOCUMENT).read(path or {}, query, headers or {}, repeated, violations)
    return values, [(violation.type, violation.loc) for violation in violations]


def test_an_absent_parameter_has_the_default_of_the_contract() -> None:
    values, violations = read("listItems")

    assert violations == []
    assert (values["skip"], values["limit"], values["search"]) == (0, 20, None)
    assert values["sort"] is m.ItemSort(values["sort"].value)


def test_values_have_the_types_of_the_contract() -> None:
    values, violations = read("listItems", query=b"limit=5&in_stock=true&search=a+lamp&status=draft")

    assert violations == []
    assert (values["limit"], values["in_stock"], values["search"], values["status"]) == (5, True, "a lamp", m.ItemStatus.draft)


@pytest.mark.parametrize(
    "text", ["1_0", "+10", "%2B10", "%2010", "10%20", "10.0", "1e1", "010", "0x1", "", "%D9%A1", "--1", "1" * 17, "true", "null"]
)
def test_integers_are_spelt_with_digits_only(text: str) -> None:
    _, violations = read("listItems", query=f"limit={text}".encode())

    assert violations == [("int_parsing", ["query", "limit"])]


@pytest.mark.parametrize(("text", "kind"), [("0", "greater_than_equal"), ("101", "less_than_equal"), ("-1", "greater_than_equal")])
def test_integers_keep_their_bounds(text: str, kind: str) -> None:
    assert read("listItems", query=f"limit={text}".encode())[1] == [(kind, ["query", "limit"])]


@pytest.mark.parametrize("text", ["1", "True", "TRUE", "yes", ""])
def test_booleans_are_true_and_false(text: str) -> None:
    assert read("listItems", query=f"in_stock={text}".encode())[1] == [("bool_parsing", ["query", "in_stock"])]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"unknown=1", [("extra_forbidden", ["query", "unknown"])]),
        (b"limit=1&limit=2", [("repeated", ["query", "limit"])]),
        (b"search=%FF", [("string_unicode", ["query", "search"])]),
        (b"search=%00", [("string_pattern_mismatch", ["query", "search"])]),
        (b"search", [("string_too_short", ["query", "search"])]),
        (b"status=sold", [("enum", ["query", "status"])]),
        (
            b"limit=0&skip=-1&x=1",
            [("extra_forbidden", ["query", "x"]), ("greater_than_equal", ["query", "skip"]), ("greater_than_equal", ["query", "limit"])],
        ),
    ],
)
def test_every_violation_is_reported(query: bytes, expected: list[Any]) -> None:
    assert sorted(read("listItems", query=query)[1]) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T09:00:00Z", []),
        ("2026-11-24T09:00:00%2B01:00", []),
        ("0001-01-01T00:00:00Z", [("string_pattern_mismatch", ["query", "created_after"])]),
        ("2026-11-24", [("datetime_parsing", ["query", "created_after"])]),
        ("1700000000", [("string_pattern_mismatch", ["query", "created_after"])]),
    ],
)
def test_times_are_validated_by_the_document_too(text: str, expected: list[Any]) -> None:
    assert read("listOrders", query=f"created_after={text}".encode())[1] == expected


def test_operations_without_input_ignore_the_query() -> None:
    assert read("getHealth", query=b"probe=1") == ({}, [])


@pytest.mark.parametrize(
    ("text", "kind"), [("abc", "int_parsing"), ("0", "greater_than_equal"), ("9007199254740992", "less_than_equal"), ("a/b", "int_parsing")]
)
def test_path_parameters_are_validated_as_strictly(text: str, kind: str) -> None:
    assert read("getItem", path={"item_id": text})[1] == [(kind, ["path", "item_id"])]


def test_a_missing_required_header_is_a_violation() -> None:
    assert read("createOrder")[1] == [("missing", ["header", "Idempotency-Key"])]


def test_a_header_may_come_once() -> None:
    violations = read("createOrder", headers={b"idempotency-key": b"k"}, repeated={b"idempotency-key"})[1]

    assert violations == [("repeated", ["header", "Idempotency-Key"])]


@pytest.mark.parametrize("text", [b"", b"a b", "é".encode(), b"k" * 256])
def test_a_header_has_to_match_its_pattern(text: bytes) -> None:
    assert [loc for _, loc in read("createOrder", headers={b"idempotency-key": text})[1]] == [["header", "Idempotency-Key"]]
