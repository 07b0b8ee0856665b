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


def deliveries(schema: str) -> Deliveries:
    content = {"application/json": {"schema": {"$ref": schema}}}
    tree = {"paths": {}, "webhooks": {"part": {"post": {"requestBody": {"content": content}}}}, "components": {"schemas": SCHEMAS}}
    return Deliveries(Document(json.dumps(tree).encode()))


@pytest.mark.parametrize("schema", [MADE, "#/components/schemas/PartEvent"], ids=["one", "one of several"])
def test_an_event_becomes_json(schema: str) -> None:
    assert deliveries(schema).encode(PartMade(weight=3)) == b'{"type":"part.made","weight":3}'


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
