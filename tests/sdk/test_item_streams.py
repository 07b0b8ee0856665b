"""Items and events out of chunks of bytes, wherever they are cut."""

import random
from itertools import pairwise
from typing import Any

import pytest

from steelyard_client import errors
from steelyard_runtime.event_streams import EventReader, JsonEvents, StreamEvent
from steelyard_runtime.item_streams import JsonLines, LineReader

LINES = '{"a":"\u2028\x85ü"}\n\n[1]\nnull'.encode()
EVENTS = (
    b": welcome\r\n\r\nretry: 250\n\nid: 1\ndata: [1,\ndata:2]\n\nevent: other\ndata: {}\n\n"
    b'id\ndata: 3\n\nid: a\0b\ndata: 4\n\ndata: "unfinished'
)


def chunks(body: bytes, seed: int) -> list[bytes]:
    """The body, cut at random."""
    lot = random.Random(seed)
    places = sorted({0, len(body), *(lot.randrange(len(body)) for _ in range(lot.randrange(12)))})
    return [body[start:end] for start, end in pairwise(places)]


def read(reader: LineReader[Any], parts: list[bytes]) -> list[Any]:
    return [*(item for part in parts for item in reader.read(part)), *reader.end()]


@pytest.mark.parametrize("seed", range(30))
def test_lines_end_only_at_line_feeds(seed: int) -> None:
    assert read(LineReader(lambda item: item), chunks(LINES, seed)) == [{"a": "\u2028\x85ü"}, [1], None]


@pytest.mark.parametrize("seed", range(30))
def test_events_are_read_as_the_standard_says(seed: int) -> None:
    reader = EventReader(lambda data: data)

    events = read(reader, chunks(EVENTS, seed))

    assert events == [StreamEvent([1, 2], "1"), StreamEvent({}, "1"), StreamEvent(3, ""), StreamEvent(4, "")]
    assert (reader.last, reader.pause) == ("", 0.25)


def test_a_stream_that_breaks_at_once_is_not_opened_again_at_once() -> None:
    assert EventReader(lambda data: data).pause > 1


@pytest.mark.parametrize(("body", "pointer"), [(b"{\n", ""), (b'{"b": 1}\n', "")])
def test_an_item_of_another_form_is_no_item(body: bytes, pointer: str) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="getThings: an item breaks the contract") as caught:
        LineReader(lambda item: item["a"], "getThings").read(body)

    assert caught.value.pointer == pointer or "b" not in str(caught.value)


def test_an_endless_line_is_not_kept() -> None:
    reader = LineReader(lambda item: item, "getThings", limit=10)

    assert reader.read(b" " * 10) == []
    with pytest.raises(errors.UnexpectedAnswer, match="an item is larger than 10 bytes"):
        reader.read(b" ")


def test_a_body_is_written_as_it_is_read() -> None:
    items, events = [{"a": 1}, [None]], [StreamEvent("ü\n", "7"), StreamEvent(2)]
    lines, named = JsonLines[Any](lambda item: item), JsonEvents[Any](lambda item: item)

    assert lines(lines.text(items).encode()) == items
    assert named(named.text(events).encode()) == [StreamEvent("ü\n", "7"), StreamEvent(2, "7")]
