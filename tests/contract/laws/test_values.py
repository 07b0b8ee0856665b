"""Values of requests: `x-unique` that another resource has, `x-case` in another case, `x-once` a second time."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.laws.listings import OPERATIONS, makers, success
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.laws import LawBroken
from tests.kit.contract.samples import form_of, members
from tests.kit.world.stage import Stage
from tests.kit.world.world import World


def with_law(law: str) -> list[tuple[Operation, str, Schema]]:
    """(operation, member, value of the law) of each member of a body that has it."""
    return [(operation, name, node[law]) for operation in OPERATIONS for name, node in members(operation).items() if law in node]


def ids_of(cases: list[tuple[Operation, str, Schema]]) -> list[str]:
    return [f"{operation}-{name}" for operation, name, _ in cases]


def slug(problem: str) -> str:
    return "/problems/" + re.sub(r"(?<!^)(?=[A-Z])", "-", problem).lower()


def problem_of(response: Any) -> str:
    return str(response.json().get("type")) if response.status_code >= 400 else f"{response.status_code}"


def new_value(stage: Stage, node: Schema) -> str:
    """A valid value that nothing has, with letters of one case."""
    whole = {**CONTRACT.resolve(node), **node}
    return stage.world.email("unique") if whole.get("format") == "email" else f"u{stage.world.key()}".replace("_", "-")


UNIQUE = with_law("x-unique")


@pytest.mark.parametrize(("operation", "name", "law"), UNIQUE, ids=ids_of(UNIQUE))
async def test_a_unique_value_is_accepted_once(operation: Operation, name: str, law: Schema, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    value = new_value(stage, members(operation)[name])
    rule = f"x-unique of {name} ({', '.join(f'{key}: {each}' for key, each in law.items())})"

    async def send(target: Operation, text: str) -> Any:
        plain = stage.request(target.id)
        return await api.as_(plain.sender).send_as_is(replace(plain, body={**plain.body, name: text}))

    maker = next(each for each in makers(CONTRACT.resolve(success(operation))) if name in members(each))
    first = await send(maker, value)
    assert first.is_success, first.text

    again, other_case = await send(operation, value), await send(operation, value.swapcase())

    expected = slug(law["problem"])
    if problem_of(again) != expected:
        raise LawBroken(operation.id, rule, f"another resource has {value}, and the response is {again.text}", again.extensions["exchange"])
    if (problem_of(other_case) == expected) != (law.get("case") == "ignored"):
        detail = f"another resource has {value}, and the response to {value.swapcase()} is {other_case.text}"
        raise LawBroken(operation.id, rule, detail, other_case.extensions["exchange"])


FOLDED = with_law("x-case")


@pytest.mark.parametrize(("operation", "name", "law"), FOLDED, ids=ids_of(FOLDED))
async def test_the_case_of_a_value_does_not_matter(operation: Operation, name: str, law: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    plain = stage.request(operation.id)
    value = plain.body.get(name) or await known_value(stage, name)
    pointer, _ = form_of(operation, {**plain.body, name: value})
    responses = []
    for text in (value, *cases(value)):
        body = {**stage.request(operation.id).body, name: text}
        if not CONTRACT.validator(pointer).is_valid(body):
            continue
        response = await api.as_(plain.sender).send_as_is(replace(stage.request(operation.id), body=body))
        responses.append((text, response))
    (_, first), *others = responses

    assert first.is_success, first.text
    assert others, "no other case is valid"
    for text, response in others:
        same = response.status_code == first.status_code and (not operation.node.get("x-safe") or response.json() == first.json())
        if not same:
            detail = f"with {value!r} the response is {first.status_code}, with {text!r} {response.status_code}: {response.text}"
            raise LawBroken(operation.id, f"x-case of {name} ({law})", detail, response.extensions["exchange"])


async def known_value(stage: Stage, name: str) -> str:
    """A value that exists. A running server may have no operation that makes one."""
    assert name == "discount_code", f"the kit makes no {name}: write how in known_value"
    await stage.world.promotion("PROMO-LAW", percent_bps=1000)
    return "PROMO-LAW"


def cases(value: str) -> list[str]:
    """The value in other cases: all of it, or what follows the first hyphen."""
    head, hyphen, rest = value.partition("-")
    return [text for text in (value.swapcase(), value.upper(), head + hyphen + rest.lower(), head + hyphen + rest.title()) if text != value]


ONCE = with_law("x-once")


@pytest.mark.parametrize(("operation", "name", "law"), ONCE, ids=ids_of(ONCE))
async def test_a_value_works_once(operation: Operation, name: str, law: Schema, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    source, _, path = law["from"].partition("/")
    issued = await api.send_as_sender(stage.request(source))
    assert issued.is_success, issued.text
    request = replace(stage.request(operation.id), body={**law.get("with", {}), name: issued.json()[path]})

    first, second = await api.send_as_sender(request), await api.send_as_sender(request)

    rule = f"x-once of {name} (problem: {law['problem']})"
    if not first.is_success:
        raise LawBroken(operation.id, rule, f"its first use is {first.text}", first.extensions["exchange"])
    if problem_of(second) != slug(law["problem"]):
        raise LawBroken(operation.id, rule, f"its second use is {second.status_code}: {problem_of(second)}", second.extensions["exchange"])


SECRETS = [
    (operation, name)
    for operation in OPERATIONS
    if "/problems/invalid-credentials" in CONTRACT.problems(operation)
    for name, node in members(operation).items()
    if node.get("format") == "password"
]


@pytest.mark.parametrize(("operation", "name"), SECRETS, ids=str)
async def test_a_secret_is_compared_exactly(operation: Operation, name: str, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    request = stage.request(operation.id)
    secret = request.body[name]
    wrong = {"in another case": secret.swapcase(), "without its end": secret[:-1], "without its start": secret[1:]}
    wrong |= {"with a space": f"{secret} ", "after a space": f" {secret}", "with a line": f"{secret}\n"}

    assert (await api.send_as_sender(request)).is_success
    for how, text in wrong.items():
        response = await api.send_as_sender(replace(request, body={**request.body, name: text}))
        if response.status_code < 400:
            # The report masks the texts themselves.
            detail = f"it is accepted {how}: {text!r} in the place of {secret!r}"
            raise LawBroken(operation.id, f"a secret is compared exactly: {name}", detail, response.extensions["exchange"])
