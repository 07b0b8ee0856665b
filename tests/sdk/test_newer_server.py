"""An old SDK and a newer server: nothing raises, nothing is lost. And whatever the contract allows is read and written back unchanged."""

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
from tests.sdk.kit import ANSWERS, CONTRACT, PROBLEMS

READ = {key: getattr(operations, key) for key in operations.__all__ if key in ANSWERS and getattr(operations, key).parse is not None}
MUTATIONS = 10_000
SCHEMAS = CONTRACT["components"]["schemas"]


def enumerations(value: object) -> set[str]:
    """Names of members that hold an enumeration, at any depth."""
    if isinstance(value, list):
        return set[str]().union(*map(enumerations, value))
    if not isinstance(value, Model):
        return set()
    held = {name: getattr(value, attribute) for attribute, name in value.WIRE}
    return {name for name, one in held.items() if isinstance(one, OpenEnum)}.union(*map(enumerations, held.values()))


ENUMERATED = set[str]().union(*(enumerations(operation.parse(ANSWERS[key])) for key, operation in READ.items()))


def newer(value: Any, dice: random.Random) -> Any:
    """The same answer from a later version: further members, other values of enumerations, other variants."""
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
    """As text, with whole seconds spelt in one way."""
    return json.dumps(value, sort_keys=True).replace('.000000Z"', 'Z"')


def test_ten_thousand_answers_of_a_newer_server_are_read_and_nothing_is_lost() -> None:
    dice = random.Random(7)
    keys = sorted(READ)
    lost = []
    for number in range(MUTATIONS):
        key = keys[number % len(keys)]
        answer = newer(copy.deepcopy(ANSWERS[key]), dice)
        if Unknown in READ[key].returns and dice.random() < 0.4:
            answer = {"view": f"kind-{dice.randrange(9)}", "data": {"a": [1]}}
        if moments(jsonable(READ[key].parse(answer))) != moments(answer):
            lost.append((key, answer))

    assert lost == []
    assert len(ENUMERATED) >= 5


def test_refusals_of_a_newer_server_are_the_same_exceptions_and_keep_what_is_new() -> None:
    dice = random.Random(7)
    names = sorted(PROBLEMS)
    for number in range(1000):
        name = names[number % len(names)]
        told = {**newer(copy.deepcopy(PROBLEMS[name]), dice), "status": PROBLEMS[name]["status"]}

        error = error_from(httpx.Response(told["status"], json=told))

        assert type(error).__name__ == name
        assert isinstance(error, errors.ProblemError)
        assert error.problem == told
        assert all(hasattr(error, member) for member in PROBLEMS[name].keys() - {"instance"})


@pytest.mark.parametrize("key", READ)
def test_an_example_of_the_contract_is_read_and_written_back_unchanged(key: str) -> None:
    parse: Callable[[Any], Any] = READ[key].parse

    assert moments(jsonable(parse(ANSWERS[key]))) == moments(ANSWERS[key])


@pytest.mark.parametrize("name", [name for name in dir(models) if not name.endswith("Dict") and name in SCHEMAS])
def test_any_instance_of_a_schema_is_read_and_written_back_unchanged(name: str) -> None:
    kind = getattr(models, name)
    if issubclass(kind, OpenEnum):
        assert [one.value for one in kind] == SCHEMAS[name]["enum"]
        return
    for instance in Instances(Document(CONTRACT), f"/components/schemas/{name}").complete:
        required = {member: value for member, value in instance.items() if member in SCHEMAS[name]["required"]}
        for given in (instance, required):
            assert moments(kind.from_dict(given).to_dict()) == moments(given)


def test_an_identifier_is_read_in_any_spelling() -> None:
    known = uuid4()

    for text in (str(known), known.hex, known.urn, str(known).upper(), f"{{{known}}}"):
        assert read_uuid(text) == known
        assert hash(read_uuid(text)) == hash(known)
    assert jsonable({"id": known}) == {"id": str(known)}


def test_an_unknown_value_is_a_member_too_and_does_not_stay() -> None:
    later = models.OrderStatus("later")

    assert (later, later.value, later.is_known) == ("later", "later", False)
    assert models.OrderStatus.PENDING.is_known
    assert "later" not in models.OrderStatus.__members__
    assert models.OrderStatus("later") == later
    number: Any = 7
    with pytest.raises(ValueError, match="7"):
        models.OrderStatus(number)


def test_an_unknown_variant_is_unknown_and_keeps_what_it_holds() -> None:
    found = operations.get_user.parse
    assert found is not None
    value = found({"view": "company", "name": "Lamps Inc."})

    assert isinstance(value, Unknown)
    assert value.extra == {"view": "company", "name": "Lamps Inc."}
    assert value.to_dict() == value.extra


def test_the_members_that_are_unknown_stay_beside_the_known() -> None:
    item = models.Item.from_dict({**ANSWERS["get_item"], "weight": 12})

    assert item.extra == {"weight": 12}
    assert item.to_dict()["weight"] == 12
