"""Generation stops at a keyword that nothing enforces; some keywords only the document enforces."""

from pathlib import Path
from typing import Any

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.enforcement import by_document, occurrences
from codegen.contract.schemas import Schema, Use
from codegen.contract.yaml import ContractError
from codegen.lint.lint import check
from tests.kit.codegen.contracts import edited, with_body, with_response, written

REF = {"$ref": "#/components/schemas/Probe"}


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "message"),
    [
        ("schemas/things.yaml", "maxLength: 50,", "nullable: true,", "things.yaml:21", "`nullable` of a request"),
        (
            "schemas/things.yaml",
            "maximum: 9007199254740991,",
            "not: {type: string},",
            "things.yaml:11",
            "`not` of a response",
        ),
        ("schemas/things.yaml", "maxLength: 50,", "format: iban,", "things.yaml:21", "`format: iban` of a request"),
        (
            "problems.yaml",
            "most: {type: integer,",
            "most: {minProperties: 1,",
            "problems.yaml:7",
            "`minProperties` of a problem",
        ),
        (
            "headers.yaml",
            "schema: {type: string, maxLength: 20}",
            "schema: {oneOf: [{type: string}]}",
            "headers.yaml:4",
            "`oneOf` of a header",
        ),
        ("headers.yaml", "ETag: {", "ETag: {x-max: 1, ", "headers.yaml:4", "`x-max` in a header"),
        (
            "parameters.yaml",
            "  schema: {type: integer,",
            "  x-limit: 5\n  schema: {type: integer,",
            "parameters.yaml:7",
            "`x-limit` in a parameter",
        ),
        ("paths/things.yaml", "requestBody:", "requestBody:\n      x-limit: 5", "things.yaml:11", "`x-limit` in a body"),
        (
            "paths/things.yaml",
            "    summary: A thing",
            "    summary: A thing\n    servers: []",
            "things.yaml:31",
            "`servers` in an operation",
        ),
        ("openapi.yaml", "tags:", "x-logo: a.png\ntags:", "openapi.yaml:5", "`x-logo` in a document"),
    ],
)
def test_an_unknown_keyword_stops_generation(tmp_path: Path, file: str, old: str, new: str, place: str, message: str) -> None:
    document = Document(bundle(edited(tmp_path, file, old, new)))

    with pytest.raises(ContractError) as caught:
        check(document)

    assert f"{place}: keyword: nothing enforces {message}: " in str(caught.value).replace("in the schema of", "of")


def test_known_keywords_pass(tmp_path: Path) -> None:
    document = Document(bundle(written(tmp_path)))

    check(document)

    assert {occurrence.enforcer for occurrence in occurrences(document)} >= {
        "model",
        "document",
        "decoder",
        "validator",
        "access",
        "limits",
        "edge",
        "wording",
    } - {"limits"}


@pytest.mark.parametrize(
    ("schema", "use", "needed", "needed_of_component"),
    [
        ({"type": "string", "maxLength": 5}, "request", False, False),
        ({"type": "array", "uniqueItems": True}, "request", True, True),
        ({"type": "array", "uniqueItems": True}, "parameter", True, True),
        ({"type": "object", "minProperties": 1}, "request", True, True),
        ({"if": {}, "then": {}}, "request", True, True),
        ({"type": "string", "format": "uri-reference"}, "request", True, True),
        ({"type": "string", "format": "uri"}, "request", False, False),
        ({"type": "string", "format": "password", "maxLength": 9}, "request", False, False),
        ({"type": "string", "format": "date-time", "pattern": "^2"}, "request", True, True),
        ({"type": "string", "format": "date-time", "pattern": "^2"}, "parameter", False, True),
        ({"type": "object", "properties": {"uniqueItems": {"type": "boolean"}}}, "request", False, False),
        ({"enum": ["if"], "examples": [{"if": 1}]}, "request", False, False),
    ],
)
def test_the_document_enforces_keywords_that_models_do_not_express(
    schema: dict[str, Any], use: Use, needed: bool, needed_of_component: bool
) -> None:
    document = with_body(schema)

    assert by_document(document, Schema(schema, "", use)) is needed
    assert by_document(document, Schema({"type": "array", "items": REF}, "", use)) is needed_of_component


def test_a_recursive_schema_is_read_once() -> None:
    document = with_response({"type": "array", "items": REF})

    assert by_document(document, Schema(REF, "", "request")) is False
