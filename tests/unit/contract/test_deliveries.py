"""Events are encoded only if the contract has them, with their values."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from steelyard.contract.deliveries import Deliveries
from steelyard.contract.document import Document
from steelyard.contract.observer import ContractViolation


class PartMade(BaseModel):
    type: str = "part.made"
    weight: int


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "weight"],
    "properties": {"type": {"const": "part.made"}, "weight": {"type": "integer", "minimum": 1}},
}
MADE, LOST = "#/components/schemas/PartMade", "#/components/schemas/PartLost"
SCHEMAS = {
    "PartMade": SCHEMA,
    "PartLost": {"type": "object", "properties": {"type": {"const": "part.lost"}}},
    "PartEvent": {"oneOf": [{"$ref": MADE}, {"$ref": LOST}]},
}


def deliveries(schema: str, *, by_callback: bool = False) -> Deliveries:
    posted = {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": schema}}}}}}
    operation = {"callbacks": {"made": {"{$request.query.notify}": posted}}} if by_callback else {}
    webhooks = {} if by_callback else {"part": posted}
    tree = {"paths": {"/parts": {"parameters": [], "post": operation}}, "webhooks": webhooks, "components": {"schemas": SCHEMAS}}
    return Deliveries(Document(json.dumps(tree).encode()))


@pytest.mark.parametrize("by_callback", [False, True], ids=["webhook", "callback"])
@pytest.mark.parametrize("schema", [MADE, "#/components/schemas/PartEvent"], ids=["one", "one of several"])
def test_an_event_becomes_json(schema: str, by_callback: bool) -> None:  # a table of cases
    assert deliveries(schema, by_callback=by_callback).encode(PartMade(weight=3)) == b'{"type":"part.made","weight":3}'


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (PartMade(weight=0), "PartMade breaks minimum"),
        (PartMade(type="part.sold", weight=1), "PartMade is no event of the contract"),
        (PartMade(type="part.lost", weight=1), "PartMade is no event of the contract"),
    ],
    ids=["value", "type", "another webhook's type"],
)
def test_no_other_event_leaves(event: PartMade, reason: str) -> None:
    with pytest.raises(ContractViolation, match=reason):
        deliveries(MADE).encode(event)
