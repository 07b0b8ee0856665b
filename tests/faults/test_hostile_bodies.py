"""The processor time and memory for a body depend on its size, not on its content, for every operation with a body."""

import copy
import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic_core import SchemaValidator

from steelyard.contract.document import Document
from steelyard.contract.request.body import RequestBody
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import OPERATIONS, Operation
from tests.kit.clients import hostile_bodies
from tests.kit.clients.hostile_bodies import costs
from tests.kit.contract.bodies import FORM, is_json

SIZE = 1 << 20
MOST_TIMES, MOST_MEMORY = 5, 20_000_000
DOCUMENT = Document.load()
# Files, texts and streams build no values.
WITH_BODY = [operation for operation in OPERATIONS.values() if any(body.media == FORM or is_json(body.media) for body in operation.bodies)]
# A valid character that takes the most bytes when it is escaped.
TEXT = "\N{GRINNING FACE}"


def body_of(operation: Operation) -> RequestBody:
    return RequestBody(operation.bodies, DOCUMENT)


def is_form(operation: Operation) -> bool:
    return operation.bodies[0].media == FORM


def members(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and schemas of the members in all forms of the operation's body."""
    schema = DOCUMENT.get(operation.bodies[0].schema)
    for form in schema.get("oneOf", [schema]):
        yield from ((name, DOCUMENT.dereference(node)) for name, node in DOCUMENT.dereference(form)["properties"].items())


def named(operation: Operation, kind: str, default: str) -> str:
    """The name of a member of this type, or the default."""
    return next((name for name, node in members(operation) if kind in node.get("type", ())), default)


def attacks(operation: Operation) -> dict[str, bytes]:
    if is_form(operation):
        return hostile_bodies.forms(SIZE)
    return hostile_bodies.documents(SIZE, named(operation, "string", "text"), named(operation, "array", "items"))


def parsing(body: RequestBody, raw: bytes) -> Callable[[], list[m.Violation]]:
    def parse() -> list[m.Violation]:
        violations: list[m.Violation] = []
        body.parse(raw, violations)
        return violations

    return parse


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every node of a core schema."""
    if isinstance(schema, dict):
        yield schema
        yield from (node for held in schema.values() for node in nodes(held))


def valid_json() -> Callable[[], list[m.Violation]]:
    """Parses an item with a description of the full size, with a contract that allows it."""
    tree, core = copy.deepcopy(DOCUMENT.tree), copy.deepcopy(m.ItemCreate.__pydantic_core_schema__)
    description = tree["components"]["schemas"]["ItemCreate"]["properties"]["description"]
    for node in nodes(core):
        if node.get("max_length") == description["maxLength"]:
            node["max_length"] = SIZE
    description["maxLength"] = SIZE
    body = RequestBody(OPERATIONS["createItem"].bodies, Document(json.dumps(tree).encode()))
    vars(body._forms[0])["model"] = SimpleNamespace(__pydantic_validator__=SchemaValidator(core, _use_prebuilt=False))
    item = {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}, "description": TEXT * (SIZE // 12)}
    return parsing(body, json.dumps(item).encode())


def valid_form() -> Callable[[], list[m.Violation]]:
    """Parses a login with an ignored parameter of the full size."""
    return parsing(body_of(OPERATIONS["issueToken"]), urlencode({"username": "a", "password": "b", "state": TEXT * (SIZE // 12)}).encode())


@pytest.fixture(scope="module")
def valid() -> dict[bool, Callable[[], list[m.Violation]]]:
    """What parses a valid form (True) and a valid JSON document (False)."""
    good = {True: valid_form(), False: valid_json()}
    assert [parse() for parse in good.values()] == [[], []]
    return good


@pytest.mark.promise("R11")
@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
def test_no_body_costs_five_times_a_valid_one_of_its_size(operation: Operation, valid: dict[bool, Callable[[], list[m.Violation]]]) -> None:
    body, bodies = body_of(operation), attacks(operation)
    attempts = [parsing(body, raw) for raw in bodies.values()]

    for (flaw, raw), attempt in zip(bodies.items(), attempts, strict=True):
        assert abs(len(raw) - SIZE) < SIZE / 5, flaw
        assert 1 <= len(attempt()) <= MAX_VIOLATIONS + 1, flaw
    spent = costs(valid[is_form(operation)], *attempts)

    of_valid, *of_attempts = spent.cpu_s
    times = {flaw: cpu_s / of_valid for flaw, cpu_s in zip(bodies, of_attempts, strict=True)}
    assert {flaw: f"{each:.1f} times" for flaw, each in times.items() if each > MOST_TIMES} == {}
    assert spent.memory_bytes <= MOST_MEMORY, f"{spent.memory_bytes / 1e6:.1f} MB"
