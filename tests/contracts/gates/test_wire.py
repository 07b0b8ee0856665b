"""Requests that no client writes: other notations, repeated members, broken escapes, odd paths. What is read one way has one spelling."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.coverage.cases import body_pointer
from tests.contract.coverage.reading import is_invalid, is_taken
from tests.contracts.exchanges import OPERATIONS, VALID, Fields, Sample, parameters, texts_of
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.bodies import is_json
from tests.kit.contract.checker import CONTRACT, Operation, Schema

NOTATIONS = {
    "integer": ("+1", "1.0", "1e0", "01", "0x1", "1_0", "٣", " 1", ""),
    "number": ("+1", "1.", ".5", "01", "1_0", "Infinity", "nan", "٣", ""),
    "boolean": ("1", "0", "yes", "on", "True", "TRUE", ""),
}
BODIES = [operation for operation in OPERATIONS if isinstance(VALID[operation.id].body, dict) and VALID[operation.id].body]
IN_JSON = [operation for operation in OPERATIONS if (described := CONTRACT.body(operation)) is not None and is_json(described[0])]


def kind_of(parameter: Schema) -> str:
    schema = CONTRACT.resolve(parameter["schema"])
    return str(CONTRACT.resolve(schema.get("items", schema)).get("type"))


TYPED = [(operation, each) for operation, each in parameters("query", "path") if kind_of(each) in NOTATIONS]
QUERIED = list(parameters("query"))


def plain(operation: Operation) -> Sample:
    return VALID[operation.id].having("If-Match", ...)


@pytest.mark.parametrize(("operation", "parameter"), TYPED, ids=[f"{operation}-{each['name']}" for operation, each in TYPED])
async def test_a_value_has_one_notation(operation: Operation, parameter: Schema, api: Opened) -> None:
    sample = plain(operation)
    wrong = [
        text
        for text in NOTATIONS[kind_of(parameter)]
        # An empty list is a list, and an empty segment no segment.
        if text or not (parameter["in"] == "path" or "items" in CONTRACT.resolve(parameter["schema"]))
        if not is_invalid(await api.send(sample.having(parameter["name"], text)))
    ]

    assert not wrong


async def rejected(api: Opened, operation: Operation, fields: Fields, body: bytes) -> bool:
    response = await api.raw(operation.method, plain(operation).target, fields, body)
    return is_invalid(response) or response.status == 413


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_a_body_is_one_json_value_without_liberties(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    name = next(iter(sample.body)) if sample.body else "a"
    text, member = json.dumps(sample.body), json.dumps({name: sample.body.get(name)})[1:-1]
    bodies = {
        "a member twice": f"{{{member}, {text[1:]}",
        "two values": f"{text} {text}",
        "a comma at the end": f"{text[:-1]},}}",
        "NaN": f'{text[:-1]}, "a": NaN}}',
        "another encoding": text.encode("utf-16").decode("latin-1"),
        "half a character": f'{text[:-1]}, "a": "\xe2\x82"}}',
        "deep": '{"a":' * 40 + "1" + "}" * 40,
    }
    taken = [kind for kind, body in bodies.items() if not await rejected(api, operation, sample.fields, body.encode("latin-1", "replace"))]

    assert not taken


@pytest.mark.parametrize(("operation", "parameter"), QUERIED, ids=[f"{operation}-{each['name']}" for operation, each in QUERIED])
async def test_a_query_is_percent_encoded_utf8(operation: Operation, parameter: Schema, api: Opened) -> None:
    sample, name = plain(operation), parameter["name"]
    target = sample.having(name, ...).target
    joint = b"&" if b"?" in target else b"?"

    for broken in (b"%zz", b"%", b"%ff", b"%c0%af"):
        response = await api.raw(operation.method, target + joint + name.encode() + b"=" + broken, sample.fields, sample.content)
        assert is_invalid(response), (broken, response)


def with_null(value: Any) -> Iterator[Any]:
    """The null character in the place of the value, and in each of its texts and names."""
    yield "\0"
    if isinstance(value, str):
        yield f"{value}\0"
    for name, held in value.items() if isinstance(value, dict) else ():
        yield from ({**value, name: changed} for changed in with_null(held))
        yield {**value, f"{name}\0": held}
    for at, held in enumerate(value) if isinstance(value, list) else ():
        yield from ([*value[:at], changed, *value[at + 1 :]] for changed in with_null(held))


@pytest.mark.parametrize("operation", IN_JSON, ids=str)
async def test_the_null_character_is_accepted_only_where_the_document_allows_it(operation: Operation, api: Opened) -> None:
    sample = plain(operation).having("Idempotency-Key", ...)
    validator = CONTRACT.validator(str(body_pointer(CONTRACT, operation)))

    for body in with_null(sample.body):
        response = await api.raw(operation.method, sample.target, sample.fields, json.dumps(body).encode())
        assert is_taken(response) if validator.is_valid(body) else is_invalid(response), (body, response)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if not CONTRACT.body(each)], ids=str)
async def test_a_body_that_the_document_does_not_have_is_rejected_where_there_is_input(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    fields = [*sample.fields, (b"content-type", b"application/json")]

    plainly = await api.raw(operation.method, sample.target, fields, b"{}")
    chunked = await api.raw(operation.method, sample.target, [*fields, (b"transfer-encoding", b"chunked")], b"{}")

    for response in (plainly, chunked):
        assert is_invalid(response) if "422" in operation.node["responses"] else response.is_success, response


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_a_path_has_one_spelling_and_may_end_in_a_slash(operation: Operation, api: Opened) -> None:
    sample = plain(operation)
    path, mark, query = sample.target.partition(b"?")

    async def status(path: bytes) -> int:
        return (await api.raw(operation.method, path + mark + query, sample.fields, sample.content)).status

    assert await status(path + b"/") < 400
    head, _, tail = path.rpartition(b"/")
    for odd in (
        b"/" + path,
        head + b"//" + tail,
        path + b"//",
        head + b"/./" + tail,
        head + b"/x/../" + tail,
        path + b"%ff",
        path + b"%zz",
    ):
        assert await status(odd) == 404, odd


@pytest.mark.parametrize(("operation", "parameter"), parameters("query"), ids=str)
async def test_a_parameter_has_the_name_of_the_contract(operation: Operation, parameter: Schema, api: Opened) -> None:
    sample, name = plain(operation), parameter["name"]
    if name.swapcase() in {name, *(each["name"] for each in CONTRACT.parameters(operation))} or operation.navigates:
        return  # a navigation ignores what it does not know
    texts: Any = texts_of(parameter, sample.parameters.get(name, parameter.get("example")))
    target = sample.having(name, ...).target
    joint = b"&" if b"?" in target else b"?"

    response = await api.raw(operation.method, target + joint + f"{name.swapcase()}={texts[0]}".encode(), sample.fields, sample.content)

    assert is_invalid(response), response
