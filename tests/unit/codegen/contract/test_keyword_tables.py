"""Each keyword is enforced or refused at each place, and the page about them is up to date."""

from pathlib import Path
from typing import Any

import pytest

from codegen import keyword_page
from codegen.contract.document import Document
from codegen.contract.enforcement import unenforced
from codegen.contract.keywords import AROUND, KEYWORDS, SCHEMA, instead
from codegen.contract.schemas import LIST, MAP
from tests.kit.codegen.contracts import with_body, with_operation, with_parameters, with_response

ROOT = Path(__file__).parents[4]
PLACES = [(keyword, use) for use in SCHEMA for keyword in (*KEYWORDS, "nullable", "definitions", "maxlength")]


def document(keyword: str, use: str) -> Document:
    """A document with the keyword at a place."""
    values: dict[str, Any] = {"discriminator": {"propertyName": "kind"}, "format": "uuid", "$ref": "#/components/schemas/Other"}
    value: Any = [] if keyword in LIST else {} if keyword in MAP else values.get(keyword, {})
    schema = {keyword: value}
    match use:
        case "request":
            return with_body(schema, Other={})
        case "response":
            return with_response(schema, Other={})
        case "parameter":
            made = with_parameters({"name": "a", "in": "query", "schema": schema})
        case "header":
            made = with_operation(responses={"200": {"description": "It.", "headers": {"A": {"schema": schema}}}})
        case _:
            content = {"application/problem+json": {"schema": schema}}
            made = with_operation(responses={"404": {"description": "No.", "content": content}})
    return Document({**made.root, "components": {"schemas": {"Other": {}}}})


@pytest.mark.parametrize(("keyword", "use"), PLACES)
def test_a_keyword_is_enforced_or_refused_with_a_remedy(keyword: str, use: str) -> None:
    messages = [message for _, message in unenforced(document(keyword, use)) if f"`{keyword}`" in message]

    if keyword in SCHEMA[use]:  # type: ignore[index]
        assert messages == []
    else:
        assert messages == [f"nothing enforces `{keyword}` in the schema of a {use}: {instead(keyword, use, in_schema=True)}."]


FIELDS = [
    ("operation", {"servers": []}),
    ("operation", {"externalDocs": {}}),
    ("operation", {"x-problem": []}),
]


@pytest.mark.parametrize(("holder", "fields"), FIELDS)
def test_a_field_that_nothing_enforces_is_refused(holder: str, fields: dict[str, Any]) -> None:
    (field,) = fields

    assert f"nothing enforces `{field}` in an {holder}" in "".join(message for _, message in unenforced(with_operation(**fields)))
    assert field not in AROUND[holder]


@pytest.mark.parametrize("field", ["allowReserved", "allowEmptyValue"])
def test_another_encoding_is_refused(field: str) -> None:
    made = with_parameters({"name": "a", "in": "query", "schema": {"type": "string"}, field: True})

    assert [message for _, message in unenforced(made)] == [
        f"nothing enforces `{field}` in a parameter: {instead(field, 'parameter')}.",
    ]


def test_the_page_shows_the_tables() -> None:
    assert (ROOT / "docs" / "contract-keywords.md").read_text("utf-8") == keyword_page.text(), "run `python -m codegen keywords`"
