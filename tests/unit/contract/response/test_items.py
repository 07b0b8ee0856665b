"""Items become lines or events, and their iterator is closed whatever ends it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic_core import to_json

from steelyard.contract.http.media_types import EVENTS, NDJSON
from steelyard.contract.response.items import framed, written
from steelyard_contract.base import Encoded, StreamEvent
from steelyard_contract.operations import OPERATIONS, Operation

PLAIN = OPERATIONS["getRoot"]
RESUMED = replace(PLAIN, parameters=(cast("Any", SimpleNamespace(name="Last-Event-ID")),))


def test_a_line_is_an_item_encoded_here_or_before() -> None:
    write = framed(PLAIN, NDJSON, to_json)

    assert (write({"id": 7}), write(Encoded(b'{"id":8}'))) == (b'{"id":7}\n', b'{"id":8}\n')


@pytest.mark.parametrize(
    ("operation", "item", "expected"),
    [
        (PLAIN, StreamEvent({"id": 7}), b'data: {"id":7}\n\n'),
        (RESUMED, StreamEvent({"id": 7}, id="seven"), b'id: seven\ndata: {"id":7}\n\n'),
    ],
    ids=["without an id", "with an id"],
)
def test_an_event_ends_with_an_empty_line(operation: Operation, item: StreamEvent[Any], expected: bytes) -> None:
    assert framed(operation, EVENTS, to_json)(item) == expected


@pytest.mark.parametrize("identifier", ["a\nb", "a\rb", "a\0b"])
def test_an_id_cannot_end_its_line(identifier: str) -> None:
    with pytest.raises(ValueError, match="line break or a NUL"):
        framed(RESUMED, EVENTS, to_json)(StreamEvent(7, id=identifier))


def test_an_event_by_which_no_client_could_continue_is_refused() -> None:
    with pytest.raises(TypeError, match="getRoot made an event without an id"):
        framed(RESUMED, EVENTS, to_json)(StreamEvent(7))


async def test_the_iterator_is_closed_when_its_reader_leaves() -> None:
    closed = list[str]()

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append("closed")

    lines = cast("Any", written(items(), to_json))
    assert (await anext(lines), closed) == (b"1", [])
    await lines.aclose()
    assert closed == ["closed"]
