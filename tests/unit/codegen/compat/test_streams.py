"""The items of a stream are compared like a response."""

import copy
from typing import Any

import pytest

from codegen.compat.document import changes
from codegen.contract.document import Document
from tests.kit.codegen.contracts import with_response

Json = dict[str, Any]
NUMBER = {"type": "integer", "minimum": 1, "maximum": 9}


def streaming(**members: Json) -> Document:
    """A document whose one operation has a stream of objects with these members."""
    item = {"type": "object", "additionalProperties": False, "required": list(members), "properties": members}
    root: Any = copy.deepcopy(with_response(item).root)
    content = root["paths"]["/things"]["get"]["responses"]["200"]["content"]
    described = content.pop("application/json")
    content["application/x-ndjson"] = {"schema": {"type": "string"}, "x-item-schema": described["schema"]}
    return Document(root)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"number": NUMBER}, set()),
        ({"number": NUMBER, "word": NUMBER}, {"addition"}),
        ({}, {"breaking"}),
        ({"number": {**NUMBER, "maximum": 8}}, {"addition"}),
        ({"number": {**NUMBER, "maximum": 10}}, {"breaking"}),
        ({"number": {**NUMBER, "type": "string"}}, {"breaking"}),
    ],
)
def test_a_change_of_an_item_has_the_level_of_a_response(members: Json, expected: set[str]) -> None:
    seen = list(changes(streaming(number=NUMBER), streaming(**members)))

    assert {change.level for change in seen if change.level != "wording"} == expected, seen


def test_a_list_that_becomes_a_stream_breaks_callers() -> None:
    listed = with_response({"type": "array", "maxItems": 9, "items": NUMBER})

    assert "breaking" in {change.level for change in changes(listed, streaming(number=NUMBER))}
