"""Requests of one item on each line: each of them is checked, in its place, however the bytes arrive."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.coverage.cases import body_pointer
from tests.contract.coverage.reading import is_invalid
from tests.contracts.exchanges import OPERATIONS, VALID
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.bodies import is_stream
from tests.kit.contract.checker import CONTRACT, Exchange, Operation

SENT = [operation for operation in OPERATIONS if is_stream((CONTRACT.body(operation) or [""])[0])]
LINES = 5
each_request = pytest.mark.parametrize("operation", SENT, ids=str)


def good(operation: Operation) -> bytes:
    """A valid line."""
    return json.dumps(VALID[operation.id].body[0]).encode()


def bad(operation: Operation) -> bytes:
    """A line that its schema forbids."""
    pointer = body_pointer(CONTRACT, operation)
    assert pointer is not None
    simple: tuple[Any, ...] = (None, 0, "", [], {})
    return next((json.dumps(each).encode() for each in simple if not CONTRACT.validator(pointer).is_valid(each)), b"{")


async def sent(api: Opened, operation: Operation, body: bytes, size: int | None = None) -> Exchange:
    """The response to a body that arrives in parts of a size."""
    sample = VALID[operation.id].having("Idempotency-Key", ...)
    fields = [(b"host", b"localhost"), *sample.fields, (b"content-length", b"%d" % len(body))]

    async def parts() -> AsyncIterator[bytes]:
        for at in range(0, len(body), size or len(body)):
            yield body[at : at + (size or len(body))]

    return await api.transport.send_exactly(operation.method, sample.target, fields, parts())


def places(response: Exchange) -> set[Any]:
    return {violation["loc"][1] for violation in response.json()["errors"]}


@each_request
@pytest.mark.parametrize("at", range(LINES))
@pytest.mark.parametrize("end", [b"\n", b""], ids=["ended", "open"])
async def test_a_violation_is_in_its_line_and_rejects_them_all(operation: Operation, at: int, end: bytes, api: Opened) -> None:
    lines = [good(operation)] * LINES
    lines[at] = bad(operation)

    response = await sent(api, operation, b"\n".join(lines) + end)

    assert is_invalid(response), response
    assert places(response) == {at}
    assert all(violation["msg"].startswith(f"Line {at + 1}: ") for violation in response.json()["errors"])


@each_request
async def test_an_empty_line_is_no_item(operation: Operation, api: Opened) -> None:
    response = await sent(api, operation, good(operation) + b"\n\n" + good(operation) + b"\n")

    assert is_invalid(response), response
    assert places(response) == {1}


@each_request
@pytest.mark.parametrize("size", [1, 7, 64])
async def test_lines_that_arrive_in_parts_are_the_same_lines(operation: Operation, size: int, api: Opened) -> None:
    lines = b"\n".join([good(operation)] * LINES)

    whole, ended, torn = [await sent(api, operation, *each) for each in ((lines,), (lines + b"\n",), (lines, size))]

    assert whole.status < 400, whole
    assert whole.body == ended.body == torn.body
