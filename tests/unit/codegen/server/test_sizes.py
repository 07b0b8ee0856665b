"""Limits of bodies follow from their schemas: no valid body is above them, however it is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.media import FORM
from codegen.server.sizes import STEP_BYTES, UNBOUNDED_BYTES, largest, limits
from steelyard.contract.document import Document as Served
from steelyard_contract.operations import OPERATIONS
from tests.kit.codegen.contracts import written
from tests.kit.project import ROOT

JSON = "application/json"
SMILE = "\N{GRINNING FACE}"
TEXT = {"type": "string", "maxLength": 5000}


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return Document(bundle(written(tmp_path)))


def body(schema: dict[str, Any], media: str = JSON, max_bytes: int | None = None) -> dict[str, Any]:
    held: dict[str, Any] = {"content": {media: {"schema": schema}}}
    return held if max_bytes is None else {**held, "x-max-bytes": max_bytes}


def filled(schema: dict[str, Any]) -> Any:
    """A valid value as large as the schema allows."""
    match schema["type"]:
        case "string":
            return max(schema.get("enum", ()), key=len, default=SMILE * schema.get("maxLength", 0))
        case "integer":
            return schema["maximum"]
        case "array":
            return [filled(schema["items"])] * schema["maxItems"]
        case "object" if "properties" in schema:
            return {name: filled(node) for name, node in schema["properties"].items()}
        case "object" if "maxProperties" in schema:
            names = [f"{number:0{schema['propertyNames']['maxLength']}}" for number in range(schema["maxProperties"])]
            return {name: filled(schema["additionalProperties"]) for name in names}
    return True


@pytest.mark.parametrize(
    "schema",
    [
        TEXT,
        {"type": "integer", "maximum": 9007199254740991},
        {"type": "boolean"},
        {"type": "string", "enum": ["a", "much longer, [with marks]"]},
        {"type": "array", "maxItems": 50, "items": {"type": "string", "maxLength": 3}},
        {"type": "object", "additionalProperties": False, "properties": {"note": TEXT, "on": {"type": "boolean"}}},
        {
            "type": "object",
            "maxProperties": 20,
            "propertyNames": {"maxLength": 40},
            "additionalProperties": {"type": "string", "maxLength": 9},
        },
    ],
)
def test_the_largest_valid_value_is_within_its_bounds(document: Document, schema: dict[str, Any]) -> None:
    size = largest(document, schema)
    value = filled(schema)

    for text in (json.dumps(value), json.dumps(value, indent=4), json.dumps(value, ensure_ascii=False, indent=2)):
        assert len(text.encode()) <= size.bytes
        assert sum(text.count(mark) for mark in ",[{") <= size.values
    assert size.bytes <= 4 * len(json.dumps(value, indent=4)) + 100


def test_each_character_of_a_text_counts_as_a_possible_value(document: Document) -> None:
    assert largest(document, TEXT).values == 5000


def test_limits_are_rounded_up(document: Document) -> None:
    assert limits(document, JSON, body({"type": "boolean"}))[0] == STEP_BYTES
    assert limits(document, JSON, body(TEXT))[0] == 4 * STEP_BYTES


def test_a_form_has_room_for_parameters_that_are_ignored(document: Document) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string", "maxLength": 1000}}}

    assert limits(document, JSON, body(schema))[0] == STEP_BYTES
    assert limits(document, FORM, body(schema, FORM))[0] == 2 * STEP_BYTES


def test_x_max_bytes_replaces_the_derived_limit(document: Document) -> None:
    assert limits(document, JSON, body(TEXT, max_bytes=100))[0] == 100


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "object", "properties": {}},
        {"type": "object", "additionalProperties": TEXT},
        {},
    ],
)
def test_an_unbounded_body_has_the_general_limit(document: Document, schema: dict[str, Any]) -> None:
    assert limits(document, JSON, body(schema)) == (UNBOUNDED_BYTES, None)
    assert limits(document, JSON, body(schema, max_bytes=100)) == (100, None)


def test_a_schema_that_refers_to_itself_is_not_bounded() -> None:
    node = {"type": "object", "additionalProperties": False, "properties": {"below": {"$ref": "#/components/schemas/Node"}}}
    document = Document({"components": {"schemas": {"Node": node}}})

    assert limits(document, JSON, body({"$ref": "#/components/schemas/Node"})) == (UNBOUNDED_BYTES, None)


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS.values() if operation.bodies], ids=lambda operation: operation.id
)
def test_every_example_of_the_contract_is_far_below_its_limits(operation: Any) -> None:
    served = Served.load()
    (described,) = operation.bodies
    for example in served.get(operation.pointer)["requestBody"]["content"][described.media]["examples"].values():
        raw = json.dumps(example["value"], indent=8)

        assert len(raw) < described.max_bytes / 4
        assert sum(raw.count(mark) for mark in ",[{") < described.max_values / 4


def test_the_limit_of_an_item_is_that_of_its_texts() -> None:
    contract = Document(bundle(ROOT / "openapi" / "openapi.yaml"))
    item = contract.components("schemas")["ItemCreate"]["properties"]

    assert OPERATIONS["createItem"].bodies[0].max_bytes >= 12 * item["description"]["maxLength"] + 10 * 6 * 2048
