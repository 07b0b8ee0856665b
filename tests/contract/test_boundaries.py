"""Each keyword of each parameter and body at its edge and one beyond, on every operation that has it.

The document provides the values and decides: what it allows reaches the handler, what it forbids is a 422.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from codegen.contract.schemas import is_any
from tests.contract.boundaries import bodies, is_allowed, read, trials
from tests.contract.coverage.cases import body_pointer, is_edge, is_list, is_one_text, schema_pointer
from tests.contract.coverage.reading import is_invalid, is_taken
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Exchange, Operation, Schema
from tests.kit.servers.running import AMPLE
from tests.kit.world.stage import Request, Stage
from tests.kit.world.world import User, World

BODIES = [operation for operation in CONTRACT.operations.values() if CONTRACT.body(operation)]
WITH_PARAMETERS = [
    (operation, parameter["name"], parameter) for operation in CONTRACT.operations.values() for parameter in CONTRACT.parameters(operation)
]
NAMES = [f"{operation}-{name}" for operation, name, _ in WITH_PARAMETERS]
TOO_LARGE = 413
# Violations that the contract describes in words, because no keyword expresses them.
IN_WORDS = {"bulk_discount_required", "duplicate_product", "unknown_address", "two_addresses", "password_too_common", "duplicate_default"}


@pytest.fixture(params=["sqlite"])
def database(database: Any) -> Any:
    """The subject of these tests is decided before the database is used."""
    return database


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Wrong passwords are not an attack here."""
    return {**AMPLE, "login_failures": 1_000_000}


class Sender:
    """Sends requests that differ from a valid one in one place; the stage is replaced after each change."""

    def __init__(self, api: Api, world: World, operation: Operation) -> None:
        self._api, self._world, self._operation = api, world, operation
        self._stage: Stage | None = None

    async def ready(self) -> tuple[Request, User | None]:
        """A valid request, and a user who may send it."""
        self._stage = self._stage or await Stage.of(self._world)
        request = self._stage.request(self._operation.id)
        is_for_staff = "admin" in self._operation.node.get("x-access", {})
        return request, self._stage.admin if is_for_staff else request.sender

    async def post(self, body: bytes) -> Exchange:
        """The valid request with this body."""
        request, user = await self.ready()
        return await self.send(request.path, [*request.headers.items(), ("content-type", str(request.content_type))], user, body)

    async def send(self, target: str, fields: list[tuple[str, str]], sender: User | None, body: bytes = b"") -> Exchange:
        if sender is not None:
            fields = [("authorization", f"Bearer {sender.token}"), *fields]
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields]
        response = await self._api.raw(self._operation.method, target.encode(), encoded, body)
        if response.status == 403 and self._stage is not None and sender is not self._stage.admin:
            # The caller lacks permission; the admin may send the request.
            return await self.send(target, fields[1:] if sender is not None else fields, self._stage.admin, body)
        if response.is_success and self._operation.method != "GET":
            self._stage = None
        return response


def complaint(case: str, response: Exchange, *, is_valid: bool) -> list[str]:
    """How the response differs from what the document requires."""
    if not is_valid:
        # A file that is too large is not read to its end.
        return [] if is_invalid(response) or response.status == TOO_LARGE else [f"{case}: is forbidden and got {response.status}"]
    kinds = {error["type"] for error in response.json()["errors"]} if is_invalid(response) else set()
    if is_taken(response) or (kinds and kinds <= IN_WORDS):
        return []
    return [f"{case}: is allowed and got {response.status} {response.body[:300]!r}"]


def reworded(instance: Any, response: Exchange) -> Iterator[Any]:
    """The same instance without what the contract forbids in words."""
    kinds = {error["type"] for error in response.json()["errors"]} if is_invalid(response) else set()
    if kinds & {"two_addresses", "unknown_address"}:
        yield from ({key: value for key, value in instance.items() if key != name} for name in ("shipping_address", "shipping_address_id"))
    if "duplicate_product" in kinds:
        lines = [{**line, "product_id": number} for number, line in enumerate(instance["lines"], 1)]
        yield {key: value for key, value in {**instance, "lines": lines}.items() if key != "shipping_address_id"}


# -- bodies ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_body_is_accepted_if_and_only_if_the_document_allows_it(operation: Operation, api: Api, world: World) -> None:
    pointer, sender, wrong, sent = body_pointer(CONTRACT, operation), Sender(api, world, operation), list[str](), [0, 0]
    assert pointer is not None

    for instance, content, is_valid in bodies(operation):
        response = await sender.post(content)
        sent[is_valid] += 1
        wrong += complaint(json.dumps(instance)[:300], response, is_valid=is_valid)
        for other in reworded(instance, response) if is_valid else ():
            again = CONTRACT.encoded(operation, other)
            wrong += complaint(json.dumps(other)[:300], await sender.post(again), is_valid=is_allowed(operation, again))

    assert not wrong, "\n".join(wrong[:20])
    # A body of one token has one valid form, and a file one that is not: it is too large.
    is_file = CONTRACT.at(pointer).get("format") == "binary"
    assert sent[True], "no valid instance"
    assert sent[False] > (0 if is_file else 1) or is_any(CONTRACT.at(pointer)), "too few invalid instances"


# -- parameters --------------------------------------------------------------------------------------------------------
def sent(parameter: Schema, texts: list[str]) -> list[str]:
    """What is sent for the texts of a parameter, one after the other."""
    return [",".join(texts)] if is_one_text(parameter) else texts


def arriving(operation: Operation, parameter: Schema) -> Callable[[list[str]], bool]:
    """Whether texts can be sent in the path so that they arrive: no segment is empty or means a folder, and no other path has them."""

    def arrives(texts: list[str]) -> bool:
        (text,) = texts
        names = {each["name"]: str(each["example"]) for each in CONTRACT.parameters(operation) if each["in"] == "path"}
        reached, _ = CONTRACT.find(operation.method, operation.path.format(**{**names, parameter["name"]: quote(text, safe="")}))
        return reached is operation

    return arrives


def placed(request: Request, parameter: Schema, values: Sequence[str], own: str) -> tuple[str, list[tuple[str, str]]]:
    """Target and fields of the request with these values for the parameter."""
    name, fields = parameter["name"], [(key, value) for key, value in request.headers.items() if key != parameter["name"]]
    if parameter["in"] == "path":
        return request.path.replace(own, f"/{quote(values[0], safe='')}") + request.query, fields
    query = parse_qsl(request.query.removeprefix("?"))
    if parameter["in"] == "query":
        query = [*((key, text) for key, text in query if key != name), *((name, value) for value in values)]
    target = f"{request.path}?{urlencode(query)}" if query else request.path
    if parameter["in"] == "cookie":
        fields = [(key, text) for key, text in fields if key != "Cookie"]
        return target, [*fields, *(("Cookie", f"{name}={value}") for value in values)]
    return target, fields if parameter["in"] == "query" else [*fields, *((name, value) for value in values)]


@pytest.mark.parametrize(("operation", "name", "parameter"), WITH_PARAMETERS, ids=NAMES)
async def test_a_parameter_is_accepted_if_and_only_if_the_document_allows_it(
    operation: Operation, name: str, parameter: Schema, api: Api, world: World
) -> None:
    pointer, sender, wrong = schema_pointer(CONTRACT, operation.id, name), Sender(api, world, operation), list[str]()
    schema = CONTRACT.resolve(parameter["schema"])
    chosen = [(sent(parameter, texts), is_valid) for texts, is_valid in trials(operation, parameter, arriving(operation, parameter))]
    if parameter["in"] != "path":
        good = next(texts for texts, is_valid in chosen if is_valid)
        chosen.append(([], not parameter.get("required")))
        if not is_edge(parameter):
            is_repeatable = is_list(parameter)
            if "items" in schema and not is_one_text(parameter):
                is_repeatable = CONTRACT.validator(pointer).is_valid(read(schema, [*good, *good]))
            chosen.append(([*good, *good], is_repeatable))

    for values, is_valid in chosen:
        request, user = await sender.ready()
        own = "/" + request.path.split("/")[operation.path.split("/").index(f"{{{name}}}")] if parameter["in"] == "path" else ""
        target, fields = placed(request, parameter, values, own)
        media = [("content-type", request.content_type)] if request.content_type else []
        response = await sender.send(target, [*fields, *media], user, request.content or b"")
        wrong += complaint(f"{values}"[:300], response, is_valid=is_valid)

    assert not wrong, "\n".join(wrong[:20])
