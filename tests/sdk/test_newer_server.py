"""An old SDK reads the responses of a newer server without an error or a loss, and writes any valid instance back unchanged."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from codegen.contract.document import Document
from steelyard_client import errors, models, operations
from steelyard_client.models import Model
from steelyard_runtime.errors import error_from
from steelyard_runtime.model import OpenEnum, Unknown, jsonable
from steelyard_runtime.uuids import read_uuid
from tests.kit.contract.instances import Instances
from tests.sdk.kit import CONTRACT, EXAMPLES, PROBLEMS

READ = {key: getattr(operations, key) for key in operations.__all__ if key in EXAMPLES and getattr(operations, key).parse is not None}
MUTATIONS = 10_000
SCHEMAS = CONTRACT["components"]["schemas"]


def enumerations(value: object) -> set[str]:
    """The names of members with an enumeration, at any depth."""
    if isinstance(value, list):
        return set[str]().union(*map(enumerations, value))
    if not isinstance(value, Model):
        return set()
    held = {name: getattr(value, attribute) for attribute, name in value.WIRE}
    return {name for name, member in held.items() if isinstance(member, OpenEnum)}.union(*map(enumerations, held.values()))


ENUMERATED = set[str]().union(*(enumerations(operation.parse(EXAMPLES[key])) for key, operation in READ.items()))


def newer(value: Any, dice: random.Random) -> Any:
    """The same response from a later version: new members, and new values of enumerations."""
    if isinstance(value, list):
        return [newer(held, dice) for held in value]
    if not isinstance(value, dict):
        return value
    made = {name: newer(held, dice) for name, held in value.items()}
    for name in ENUMERATED & made.keys():
        if made[name] is not None and dice.random() < 0.4:
            made[name] = f"new-{dice.randrange(9)}"
    if dice.random() < 0.4:
        made[f"later_{dice.randrange(99)}"] = dice.choice([None, 1, "s", [1], {"a": 1}])
    return made


def moments(value: Any) -> str:
    """The value as text, with one spelling of whole seconds."""
    return json.dumps(value, sort_keys=True).replace('.000000Z"', 'Z"')


def test_ten_thousand_responses_of_a_newer_server_are_read_without_a_loss() -> None:
    dice = random.Random(7)
    keys = sorted(READ)
    lost = []
    for number in range(MUTATIONS):
        key = keys[number % len(keys)]
        body = newer(copy.deepcopy(EXAMPLES[key]), dice)
        if Unknown in READ[key].returns and dice.random() < 0.4:
            body = {"view": f"kind-{dice.randrange(9)}", "data": {"a": [1]}}
        if moments(jsonable(READ[key].parse(body))) != moments(body):
            lost.append((key, body))

    assert lost == []
    assert len(ENUMERATED) >= 5


def test_problems_of_a_newer_server_raise_the_same_exceptions_and_keep_new_members() -> None:
    dice = random.Random(7)
    names = sorted(PROBLEMS)
    for number in range(1000):
        name = names[number % len(names)]
        body = {**newer(copy.deepcopy(PROBLEMS[name]), dice), "status": PROBLEMS[name]["status"]}

        error = error_from(httpx.Response(body["status"], json=body))

        assert type(error).__name__ == name
        assert isinstance(error, errors.ProblemError)
        assert error.problem == body
        assert all(hasattr(error, member) for member in PROBLEMS[name].keys() - {"instance"})


@pytest.mark.parametrize("key", READ)
def test_an_example_of_the_contract_is_read_and_written_back_unchanged(key: str) -> None:
    parse: Callable[[Any], Any] = READ[key].parse

    assert moments(jsonable(parse(EXAMPLES[key]))) == moments(EXAMPLES[key])


@pytest.mark.parametrize("name", [name for name in dir(models) if not name.endswith("Dict") and name in SCHEMAS])
def test_any_instance_of_a_schema_is_read_and_written_back_unchanged(name: str) -> None:
    kind = getattr(models, name)
    if issubclass(kind, OpenEnum):
        assert [value.value for value in kind] == SCHEMAS[name]["enum"]
        return
    for instance in Instances(Document(CONTRACT), f"/components/schemas/{name}").complete:
        required = {member: value for member, value in instance.items() if member in SCHEMAS[name]["required"]}
        for body in (instance, required):
            assert moments(kind.from_dict(body).to_dict()) == moments(body)


def test_an_identifier_is_read_in_any_spelling() -> None:
    known = uuid4()

    for text in (str(known), known.hex, known.urn, str(known).upper(), f"{{{known}}}"):
        assert read_uuid(text) == known
        assert hash(read_uuid(text)) == hash(known)
    assert jsonable({"id": known}) == {"id": str(known)}


def test_an_unknown_value_is_a_value_of_the_enumeration_and_is_not_kept() -> None:
    later = models.OrderStatus("later")

    assert (later, later.value, later.is_known) == ("later", "later", False)
    assert models.OrderStatus.PENDING.is_known
    assert "later" not in models.OrderStatus.__members__
    assert models.OrderStatus("later") == later
    number: Any = 7
    with pytest.raises(ValueError, match="7"):
        models.OrderStatus(number)


def test_an_unknown_variant_is_read_as_unknown_with_all_its_members() -> None:
    parse = operations.get_user.parse
    assert parse is not None
    value = parse({"view": "company", "name": "Lamps Inc."})

    assert isinstance(value, Unknown)
    assert value.extra == {"view": "company", "name": "Lamps Inc."}
    assert value.to_dict() == value.extra


def test_unknown_members_are_kept_beside_the_known() -> None:
    item = models.Item.from_dict({**EXAMPLES["get_item"], "weight": 12})

    assert item.extra == {"weight": 12}
    assert item.to_dict()["weight"] == 12
