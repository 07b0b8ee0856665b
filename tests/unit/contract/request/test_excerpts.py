import json
from typing import Any

import pytest

from steelyard.contract.document import Document
from steelyard.contract.request.excerpts import Excerpt, Shape, Shapes

MAX_NODES = 100
TEXT = {"type": "string", "maxLength": 5}
LINE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "count"],
    "properties": {"id": {"type": "integer"}, "count": {"type": ["integer", "null"]}},
}
SCHEMAS = {
    "Line": LINE,
    "Order": {
        "type": "object",
        "additionalProperties": False,
        "required": ["lines"],
        "properties": {
            "lines": {"type": "array", "maxItems": 3, "items": {"$ref": "#/components/schemas/Line"}},
            "names": {"type": "array", "maxItems": 100_000, "items": TEXT},
            "many": {"type": "array", "maxItems": 100_000, "items": {"$ref": "#/components/schemas/Line"}},
            "note": {"type": ["string", "null"], "maxLength": 5},
            "state": {"enum": ["open", "closed"], "type": "string"},
            "labels": {"type": "object", "maxProperties": 2, "propertyNames": TEXT, "additionalProperties": TEXT},
            "either": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Line"}]},
            "inner": {"$ref": "#/components/schemas/Order"},
        },
    },
}
DOCUMENT = Document(json.dumps({"paths": {}, "components": {"schemas": SCHEMAS}}).encode())
GOOD: dict[str, Any] = {
    "lines": [{"id": 1, "count": 2}, {"id": 2, "count": None}],
    "names": ["a"] * 1000,
    "many": [{"id": 1, "count": 2}] * 1000,
    "note": "short",
    "state": "open",
    "labels": {"a": "b", "c": "d"},
    "either": {"id": 1, "count": 1},
    "inner": {"lines": [], "inner": {"lines": []}},
}


def shape() -> Shape:
    return Shapes(DOCUMENT).of(SCHEMAS["Order"])


def excerpt(value: Any) -> Any:
    return Excerpt(shape(), value, MAX_NODES + 1).value


def test_a_valid_value_is_its_own_excerpt() -> None:
    assert excerpt(GOOD) == GOOD


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"lines": [{"id": 1, "count": 1}] * 9}, {"lines": [{"id": 1, "count": 1}] * 4}),
        ({"note": "x" * 100}, {"note": "x" * 6}),
        ({"state": "x" * 100}, {"state": "x" * 7}),
        ({"labels": {"a": "", "b": "", "c": "", "d": ""}}, {"labels": {"a": "", "b": "", "c": ""}}),
        ({"lines": {"a": [1, 2]}, "note": [1, 2], "labels": [[]]}, {"lines": {}, "note": [], "labels": []}),
        ({"x": [1, 2], "y" * 500: {}}, {"x": None, "y" * 100: None}),
        ({"either": {"id": [1], "z": 1}}, {"either": {"id": [], "z": None}}),
        ({"lines": [{"id": 10**50, "count": -(10**50)}]}, {"lines": [{"id": 2**64, "count": -(2**64)}]}),
        ([{}, {}], []),
        ("x" * 5000, "x" * 1001),
    ],
)
def test_an_excerpt_has_only_what_a_report_can_mention(value: Any, kept: Any) -> None:
    assert excerpt(value) == kept


@pytest.mark.parametrize(
    "value",
    [
        {"many": [{}] * 100_000},
        {"many": [0] * 100_000},
        {"many": [{"id": "x"}] * 100_000},
        {"many": [{"id": 1, "count": 1, "x": 1}] * 100_000},
        {"names": [0] * 100_000},
        {f"x{number}": number for number in range(100_000)},
        {"many": [{f"x{number}": number for number in range(1000)}] * 100},
    ],
)
def test_an_excerpt_ends_at_the_last_violation_that_is_reported(value: Any) -> None:
    kept = excerpt(value)

    errors = list(DOCUMENT.validator("/components/schemas/Order").iter_errors(kept))
    assert errors
    assert len(json.dumps(kept)) < 50 * MAX_NODES


def test_an_excerpt_is_invalid_for_the_same_reasons() -> None:
    validator = DOCUMENT.validator("/components/schemas/Order")
    value = {**GOOD, "lines": [{}] * 9, "note": "x" * 9, "state": "y" * 99, "labels": {"a": "x" * 9, "b": "", "c": ""}, "z": []}

    whole, cut = (
        {("/".join(map(str, error.instance_path)), error.schema_path[-1]) for error in validator.iter_errors(each)}
        for each in (value, excerpt(value))
    )

    assert cut <= whole
    assert whole - cut == {(f"lines/{number}", "required") for number in range(4, 9)}
