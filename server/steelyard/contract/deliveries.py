"""Events for receivers, by webhooks and callbacks: from a model to the bytes of a delivery, which are checked before they leave."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from pydantic import BaseModel

from steelyard.contract.document import Document, Schema
from steelyard.contract.observer import ContractViolation
from steelyard.contract.response.encoder import to_json


class Deliveries:
    """Encodes the events of a contract."""

    def __init__(self, document: Document) -> None:
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        for item in _posted(document.tree):
            for content in item["post"]["requestBody"]["content"].values():
                schema = content["schema"]
                for branch in document.dereference(schema).get("oneOf", [schema]):
                    kind = document.dereference(branch)["properties"]["type"]
                    self._validators[document.dereference(kind)["const"]] = document.validator(branch["$ref"].removeprefix("#"))

    def encode(self, event: BaseModel) -> bytes:
        """The JSON of an event, or ContractViolation if the contract has no such event, or not with these values."""
        body = to_json(event)
        value: Any = json.loads(body)
        validator = self._validators.get(str(value.get("type")))
        if validator is None:
            raise ContractViolation(f"{type(event).__name__} is no event of the contract")
        if not validator.is_valid(value):
            rules = sorted({str(error.schema_path[-1]) for error in validator.iter_errors(value) if error.schema_path})
            raise ContractViolation(f"{type(event).__name__} breaks {', '.join(rules)}")
        return body


def _posted(tree: Schema) -> Iterator[Schema]:
    yield from tree.get("webhooks", {}).values()
    for operation in (each for item in tree["paths"].values() for each in item.values() if isinstance(each, dict)):
        for callback in operation.get("callbacks", {}).values():
            yield from callback.values()
