"""Items are checked while they arrive, wherever the bytes are cut, and are there as often as a handler reads them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Message

from steelyard.contract.document import Document
from steelyard.contract.request.heads import ClientDisconnected
from steelyard.contract.request.lines import LinesBody, SentLines
from steelyard_contract import models as m
from steelyard_contract.bounds import MAX_VIOLATIONS
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.problems import BodyTooLarge
from steelyard_contract.uploads import Upload

LONGEST = 300
DESCRIBED = replace(OPERATIONS["createAddress"].bodies[0], media="application/x-ndjson", max_bytes=4000, max_item_bytes=LONGEST)
BODY = LinesBody((DESCRIBED,), Document.load())
ADDRESS = {"street": "7 Mill Lane", "city": "Salem", "country": "US", "zip_code": "97301"}
GOOD = json.dumps(ADDRESS).encode()


class Sender:
    """Sends a body in parts of a size."""

    def __init__(self, body: bytes, size: int = 4096, *, ends: bool = True) -> None:
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        last: Message = {"type": "http.request", "body": b"", "more_body": False} if ends else {"type": "http.disconnect"}
        self._messages: Iterator[Message] = iter([*({"type": "http.request", "body": part, "more_body": True} for part in parts), last])

    async def __call__(self) -> Message:
        return next(self._messages)


async def read(body: bytes, size: int = 4096) -> tuple[SentLines, Any, list[m.Violation]]:
    violations = list[m.Violation]()
    sent = await BODY.read(Sender(body, size))
    return sent, BODY.parse(sent, violations)[0], violations


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("end", [b"", b"\n"], ids=["open", "ended"])
async def test_items_are_read_as_often_as_a_handler_runs(size: int, end: bytes) -> None:
    sent, items, violations = await read(GOOD + b"\n" + GOOD.replace(b"Salem", b"\xc3\x96rebro") + end, size)

    for _ in range(2):
        assert [item.city async for item in items] == ["Salem", "\u00d6rebro"]
    assert (len(items), violations) == (2, [])
    sent.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", [("json_invalid", ["body", 1], None, "Line 2: EOF")]),
        (b"", [("missing", ["body", 1], "/1", "Line 2: A line holds an item")]),
        (b"[]", [("model_type", ["body", 1], "/1", "Line 2: ")]),
        (GOOD.replace(b"97301", b"1" * 400), [("too_long", ["body", 1], "/1", f"Line 2: An item has at most {LONGEST} bytes")]),
        (GOOD.replace(b'"US"', b'"usa"'), [("string_too_long", ["body", 1, "country"], "/1/country", "Line 2: ")]),
        (GOOD + GOOD, [("json_invalid", ["body", 1], None, "Line 2: ")]),
    ],
    ids=["syntax", "empty", "kind", "long", "member", "two"],
)
@pytest.mark.parametrize("size", [1, 4096])
async def test_a_violation_names_its_line(line: bytes, expected: list[tuple[Any, ...]], size: int) -> None:
    sent, items, violations = await read(b"\n".join([GOOD, line, GOOD, b""]), size)

    assert items is None
    (seen,), ((kind, loc, pointer, text),) = violations, expected
    assert (seen.type, seen.loc, seen.pointer) == (kind, loc, pointer), seen
    assert seen.msg.startswith(text), seen.msg
    sent.close()


async def test_memory_and_work_are_bounded_whatever_is_sent() -> None:
    sent = await BODY.read(Sender(b"x" * 3999, 100))
    assert len(sent._rest) <= LONGEST + 1
    sent.close()
    sent = await BODY.read(Sender(b"\n" * 3999, 10))
    assert MAX_VIOLATIONS < len(sent.violations) <= MAX_VIOLATIONS + 10
    sent.close()


@pytest.mark.parametrize(("sender", "error"), [(Sender(b"x" * 4001), BodyTooLarge), (Sender(GOOD, ends=False), ClientDisconnected)])
async def test_what_is_not_read_to_its_end_is_removed(sender: Sender, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    closed, close = list[Upload](), Upload.close

    def closing(upload: Upload) -> None:
        closed.append(upload)
        close(upload)

    monkeypatch.setattr(Upload, "close", closing)

    with pytest.raises(error):
        await BODY.read(sender)

    assert len(closed) == 1


async def test_no_bytes_are_no_body() -> None:
    sent, items, violations = await read(b"")

    assert (items, [seen.type for seen in violations]) == (None, ["missing"])
    sent.close()


async def test_equal_bodies_have_equal_digests() -> None:
    values = []
    for body in (GOOD, GOOD, GOOD + b"\n"):
        sent = await BODY.read(Sender(body))
        values.append(BODY.parse(sent, [])[1])
        sent.close()

    assert values[0] == values[1] != values[2]
