"""Each keyword of each parameter and body at its edge and one beyond: what the document allows arrives, what it forbids is a 422."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from codegen.contract.schemas import is_any
from tests.contract.boundaries import bodies, read, trials
from tests.contract.coverage.cases import body_pointer, is_edge, is_list, is_one_text, schema_pointer
from tests.contract.coverage.reading import is_invalid, is_taken
from tests.contracts.exchanges import OPERATIONS, VALID, parameters
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.checker import CONTRACT, Exchange, Operation, Schema, captured

# A file that is too large is not read to its end.
TOO_LARGE = 413
BODIES = [operation for operation in OPERATIONS if CONTRACT.body(operation)]
PARAMETERS = parameters("path", "query", "header", "cookie")


def complaint(case: str, response: Exchange, *, is_valid: bool) -> list[str]:
    """How the response differs from what the document requires."""
    if is_valid:
        return [] if is_taken(response) else [f"{case}: is allowed and got {response.status} {response.body[:300]!r}"]
    return [] if is_invalid(response) or response.status == TOO_LARGE else [f"{case}: is forbidden and got {response.status}"]


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_body_is_accepted_if_and_only_if_the_document_allows_it(operation: Operation, api: Opened) -> None:
    pointer, wrong, sent = body_pointer(CONTRACT, operation), list[str](), [0, 0]
    plain = VALID[operation.id].having("If-Match", ...).having("Idempotency-Key", ...)

    for instance, content, is_valid in bodies(operation):
        response = await api.raw(operation.method, plain.target, plain.fields, content)
        sent[is_valid] += 1
        wrong += complaint(json.dumps(instance)[:300], response, is_valid=is_valid)

    assert not wrong, "\n".join(wrong[:20])
    assert sent[True] > 0, f"{sent}: too few instances"
    assert sent[False] > 0 or is_any(CONTRACT.at(str(pointer))), f"{sent}: too few instances"


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_missing_body_is_invalid_where_it_is_required(operation: Operation, api: Opened) -> None:
    response = await api.send(replace(VALID[operation.id], body=...))

    assert is_invalid(response) == bool(CONTRACT.resolve(operation.node["requestBody"]).get("required")), response


def arriving(operation: Operation, parameter: Schema) -> Callable[[list[str]], bool]:
    """Whether texts can be sent in the path so that they arrive."""

    def arrives(texts: list[str]) -> bool:
        sent = VALID[operation.id].having(parameter["name"], texts).target.decode().partition("?")[0]
        reached, _ = CONTRACT.find(operation.method, sent)
        values = captured(operation.path, [unquote(segment) for segment in sent.removeprefix(CONTRACT.base_path).split("/")[1:]])
        return reached is operation and values is not None and values[parameter["name"]] == ",".join(texts)

    return arrives


@pytest.mark.parametrize(("operation", "parameter"), PARAMETERS, ids=[f"{operation}-{each['name']}" for operation, each in PARAMETERS])
async def test_a_parameter_is_accepted_if_and_only_if_the_document_allows_it(operation: Operation, parameter: Schema, api: Opened) -> None:
    name, sample, wrong = parameter["name"], VALID[operation.id], list[str]()
    is_array = "items" in CONTRACT.resolve(parameter["schema"])
    chosen: list[tuple[Any, bool]] = [
        (texts if is_array else texts[0], is_valid) for texts, is_valid in trials(operation, parameter, arriving(operation, parameter))
    ]
    if parameter["in"] != "path":
        chosen.append((..., not parameter.get("required")))
        good = next(text for text, is_valid in chosen if is_valid and text is not ...)
        is_repeatable = is_edge(parameter) or is_list(parameter)
        if isinstance(good, list) and (is_repeatable or not is_one_text(parameter)):
            twice = read(CONTRACT.resolve(parameter["schema"]), [*good, *good])
            is_repeatable = CONTRACT.validator(schema_pointer(CONTRACT, operation.id, name)).is_valid(twice)
        chosen.append(((good, good), is_repeatable))

    for value, is_valid in chosen:
        response = await api.send(sample.having(name, value))
        wrong += complaint(f"{value!r}"[:300], response, is_valid=is_valid)

    assert not wrong, "\n".join(wrong[:20])


DEFAULTS = [(operation, each) for operation, each in PARAMETERS if "default" in CONTRACT.resolve(each["schema"])]


@pytest.mark.parametrize(("operation", "parameter"), DEFAULTS, ids=[f"{operation}-{each['name']}" for operation, each in DEFAULTS])
async def test_a_parameter_that_is_left_out_has_its_default(operation: Operation, parameter: Schema, api: Opened) -> None:
    sample, name = VALID[operation.id], parameter["name"]
    # Without filters, which could leave nothing to differ in.
    required = {each["name"] for each in CONTRACT.parameters(operation) if each.get("required")}
    sample = replace(sample, parameters={each: value for each, value in sample.parameters.items() if each in required})

    without, with_it = [await api.send(sample.having(name, value)) for value in (..., CONTRACT.resolve(parameter["schema"])["default"])]

    assert (without.status, without.body) == (with_it.status, with_it.body)
