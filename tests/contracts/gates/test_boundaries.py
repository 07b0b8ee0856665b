"""Each keyword of each parameter and body at its edge and one beyond: what the document allows arrives, what it forbids is a 422."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from codegen.contract.schemas import is_any
from tests.contract.coverage.cases import body_pointer, is_edge, is_list, is_one_text, schema_pointer
from tests.contract.coverage.reading import carried, is_invalid, is_taken, typed
from tests.contracts.exchanges import DOCUMENT, OPERATIONS, VALID, parameters, spelled
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.bodies import encoded, is_stream, values
from tests.kit.contract.checker import CONTRACT, Exchange, Operation, Schema, captured
from tests.kit.contract.instances import Instances

# A file that is too large is not read to its end.
TOO_LARGE = 413
BODIES = [operation for operation in OPERATIONS if CONTRACT.body(operation)]
PARAMETERS = parameters("path", "query", "header", "cookie")


def complaint(case: str, response: Exchange, *, is_valid: bool) -> list[str]:
    """How the response differs from what the document requires."""
    if is_valid:
        return [] if is_taken(response) else [f"{case}: is allowed and got {response.status} {response.body[:300]!r}"]
    return [] if is_invalid(response) or response.status == TOO_LARGE else [f"{case}: is forbidden and got {response.status}"]


def different(pointer: str) -> Iterator[Any]:
    seen = set[str]()
    for instance in Instances(DOCUMENT, pointer).aimed():
        if (key := json.dumps(instance, sort_keys=True)) not in seen:
            seen.add(key)
            yield instance


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_body_is_accepted_if_and_only_if_the_document_allows_it(operation: Operation, api: Opened) -> None:
    pointer, wrong, sent = body_pointer(CONTRACT, operation), list[str](), [0, 0]
    assert pointer is not None
    plain = VALID[operation.id].having("If-Match", ...).having("Idempotency-Key", ...)

    for instance in different(pointer):
        content = encoded(plain.media, [instance] if is_stream(plain.media) else instance, CONTRACT.files(operation))
        if not content:  # the media type cannot hold it, or it is no body
            continue
        is_valid = all(map(CONTRACT.validator(pointer).is_valid, values(plain.media, carried(CONTRACT, operation, content))))
        response = await api.raw(operation.method, plain.target, plain.fields, content)
        sent[is_valid] += 1
        wrong += complaint(json.dumps(instance)[:300], response, is_valid=is_valid)

    assert not wrong, "\n".join(wrong[:20])
    assert sent[True] > 0, f"{sent}: too few instances"
    assert sent[False] > 0 or is_any(CONTRACT.at(pointer)), f"{sent}: too few instances"


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_missing_body_is_invalid_where_it_is_required(operation: Operation, api: Opened) -> None:
    response = await api.send(replace(VALID[operation.id], body=...))

    assert is_invalid(response) == bool(CONTRACT.resolve(operation.node["requestBody"]).get("required")), response


def trials(operation: Operation, parameter: Schema) -> Iterator[tuple[Any, bool]]:
    """A value for the parameter, and whether the document allows it."""
    pointer, schema = schema_pointer(CONTRACT, operation.id, parameter["name"]), CONTRACT.resolve(parameter["schema"])
    validator, seen, elements = CONTRACT.validator(pointer), set[str](), "array" in schema.get("type", "")
    for value in [parameter.get("example"), *Instances(DOCUMENT, pointer).aimed()]:
        if value is None or isinstance(value, dict) or isinstance(value, list) != elements:
            continue
        if elements and any(each is None or isinstance(each, list | dict) for each in value):
            continue
        texts = spelled(value)
        if str(texts) in seen or not fits(operation, parameter, texts):
            continue
        seen.add(str(texts))
        read = [typed(text, CONTRACT.resolve(schema["items"])) for text in texts] if elements else typed(texts[0], schema)
        yield texts if elements else texts[0], validator.is_valid(read)


def fits(operation: Operation, parameter: Schema, texts: list[str]) -> bool:
    """Whether the texts can be sent there, so that they arrive as they are."""
    if is_one_text(parameter):
        if any("," in text or not text for text in texts):
            return False
    elif not texts:
        return False  # sent by itself, an empty list is nothing
    if parameter["in"] == "path":
        sent = VALID[operation.id].having(parameter["name"], texts).target.decode().partition("?")[0]
        reached, _ = CONTRACT.find(operation.method, sent)
        values = captured(operation.path, [unquote(segment) for segment in sent.removeprefix(CONTRACT.base_path).split("/")[1:]])
        return reached is operation and values is not None and values[parameter["name"]] == ",".join(texts)
    return parameter["in"] == "query" or all(text == text.strip() and text.isascii() and "\n" not in text for text in texts)


@pytest.mark.parametrize(("operation", "parameter"), PARAMETERS, ids=[f"{operation}-{each['name']}" for operation, each in PARAMETERS])
async def test_a_parameter_is_accepted_if_and_only_if_the_document_allows_it(operation: Operation, parameter: Schema, api: Opened) -> None:
    name, sample, wrong = parameter["name"], VALID[operation.id], list[str]()
    chosen = list(trials(operation, parameter))
    if parameter["in"] != "path":
        chosen.append((..., not parameter.get("required")))
        good = next(text for text, is_valid in chosen if is_valid and text is not ...)
        is_repeatable = is_edge(parameter) or is_list(parameter)
        if isinstance(good, list) and (is_repeatable or not is_one_text(parameter)):
            schema = CONTRACT.resolve(parameter["schema"])
            twice = [typed(text, CONTRACT.resolve(schema["items"])) for text in [*good, *good]]
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
