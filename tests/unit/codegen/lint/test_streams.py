"""Streams have a schema for each item, and nothing that is known only at their end."""

from pathlib import Path

import pytest

from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from tests.kit.codegen.contracts import FILES, written

STREAM = "schema: {type: string}\n            x-item-schema: {$ref: '../schemas/things.yaml#/Thing'}"
JSON = "          application/json:\n            schema: {$ref: '../schemas/things.yaml#/Thing'}"
ETAG = "        headers:\n          ETag: {$ref: '../headers.yaml#/ETag'}\n"
ITEM = "{id: 7, kind: solid, weight: 12}"


def lines(folder: Path, content: str, *, response: str = f"[{ITEM}]", headers: str = "", parameters: str = "", more: str = "") -> str:
    """What lint prints about a GET with this content."""
    head, _, tail = FILES["paths/things.yaml"].rpartition(f"{ETAG}        content:\n{JSON}")
    head = head.replace("      - $ref: '../parameters.yaml#/ThingId'\n", f"      - $ref: '../parameters.yaml#/ThingId'\n{parameters}")
    paths = f"{head}{headers}        content:\n          {content}\n{more}{tail}"
    root = written(folder, paths__things=paths)
    example = f"a:\n  parameters: {{thing_id: 7}}\n  status: 200\n  response: {response}\n"
    (folder / "examples" / "getThing.yaml").write_text(example, "utf-8")
    try:
        return "\n".join(lint(root))
    except ContractError as error:
        return str(error)


def test_a_stream_is_taken(tmp_path: Path) -> None:
    shown = lines(tmp_path, f"application/x-ndjson:\n            {STREAM}")

    assert [line for line in shown.splitlines() if "unused: nothing refers to IfNoneMatch" not in line] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "application/x-ndjson:\n            schema: {$ref: '../schemas/things.yaml#/Thing'}",
            "a stream is {schema: {type: string}, x-item-",
        ),
        (
            f"application/x-ndjson:\n            {STREAM.replace('string', 'object')}",
            "a stream is {schema: {type: string}, x-item-schema: {$",
        ),
        (
            f"application/json:\n            {STREAM}",
            "application/json has no items: write application/x-ndjson, or leave `x-item-schema` out",
        ),
        (
            f"application/x-ndjson:\n            {STREAM.replace('{$ref: ', '{type: string, title: ')}",
            "`x-item-schema` names no component. Write {$ref: ...}",
        ),
        (
            f"application/x-ndjson:\n            {STREAM.replace('Thing', 'Nothing')}",
            "schemas/things.yaml#/Nothing does not exist",
        ),
    ],
)
def test_other_schemas_are_refused_with_what_to_write(tmp_path: Path, content: str, words: str) -> None:
    shown = lines(tmp_path, content)

    assert words in shown, shown


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (ITEM, "the response is a stream. Write the list of its items"),
        (f"[{ITEM}, {{id: 0, kind: solid, weight: 12}}]", "P16: the example is not valid, at id"),
    ],
)
def test_the_example_is_a_list_of_items(tmp_path: Path, response: str, words: str) -> None:
    shown = lines(tmp_path, f"application/x-ndjson:\n            {STREAM}", response=response)

    assert words in shown, shown


CURSOR = "      - {name: cursor, in: query, schema: {type: string, maxLength: 9, pattern: '^[a-z]*$'}, description: Where., example: a}\n"
LINKS = "        links:\n          get: {operationId: getThing, parameters: {thing_id: $response.body#/id}}\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"headers": ETAG}, "the version of a stream is known at its end: leave the header out"),
        ({"parameters": CURSOR}, "a stream has no pages: leave the parameter cursor out"),
        ({"more": LINKS}, "a link needs a value of the whole response: leave `links` out of a stream"),
    ],
)
def test_what_is_known_at_the_end_is_refused(tmp_path: Path, more: dict[str, str], words: str) -> None:
    shown = lines(tmp_path, f"application/x-ndjson:\n            {STREAM}", **more)

    assert f"stream: {words}" in shown, shown


def test_a_stream_is_not_stored(tmp_path: Path) -> None:
    old = "          application/json:\n            schema: {$ref: '../schemas/things.yaml#/Thing'}"
    paths = FILES["paths/things.yaml"].replace(old, f"          application/x-ndjson:\n            {STREAM}", 1)
    root = written(tmp_path, paths__things=paths)
    example = "a:\n  parameters: {Idempotency-Key: a}\n  body: {kind: solid, weight: 12, note: a}\n  status: 201\n"
    (tmp_path / "examples" / "createThing.yaml").write_text(f"{example}  response: [{ITEM}]\n", "utf-8")

    shown = "\n".join(lint(root))

    assert "a response with an Idempotency-Key is stored, and a stream can have any length" in shown, shown


SENT = "application/x-ndjson:\n          schema: {type: string}\n          x-item-schema: {$ref: '../schemas/things.yaml#/ThingCreate'}"


@pytest.mark.parametrize(
    ("content", "size", "words"),
    [
        (SENT, "x-max-bytes: 5000\n      ", ""),
        (SENT, "", "stream: a stream may have any length: write `x-max-bytes` beside `content`, the most that a request may have"),
        (SENT.replace("application/x-ndjson", "text/event-stream"), "", "stream: a request has no events: write application/x-ndjson"),
    ],
    ids=["lines", "endless", "events"],
)
def test_a_request_is_lines_of_a_largest_size(tmp_path: Path, content: str, size: str, words: str) -> None:
    body = "content:\n        application/json:\n          schema: {$ref: '../schemas/things.yaml#/ThingCreate'}"
    root = written(tmp_path, paths__things=FILES["paths/things.yaml"].replace(body, f"{size}content:\n        {content}", 1))
    item = "{kind: solid, weight: 12, note: a}"
    sent = f"[{{data: {item}}}]" if "event" in content else f"[{item}]"
    example = f"a:\n  parameters: {{Idempotency-Key: a}}\n  body: {sent}\n  status: 201\n  response: {ITEM}\n"
    (tmp_path / "examples" / "createThing.yaml").write_text(example, "utf-8")

    shown = lint(root)

    assert any(words in line for line in shown) if words else shown == []


EVENTS = f"text/event-stream:\n            {STREAM}"
EVENT = f"[{{id: a, data: {ITEM}}}]"
LAST = (
    "      - {name: Last-Event-ID, in: header, schema: {type: string, maxLength: 9, pattern: '^[a-z]*$'}, description: It., example: a}\n"
)


@pytest.mark.parametrize("parameters", ["", LAST], ids=["once", "continued"])
def test_a_stream_of_events_is_taken(tmp_path: Path, parameters: str) -> None:
    shown = lines(tmp_path, EVENTS, response=EVENT, parameters=parameters)

    assert [line for line in shown.splitlines() if "unused: nothing refers to IfNoneMatch" not in line] == []


@pytest.mark.parametrize(
    ("response", "parameters", "words"),
    [
        (f"[{ITEM}]", LAST, "the response is a stream of events. Write {id: '7', data: ...} for each"),
        (f"[{{id: 7, data: {ITEM}}}]", LAST, "the response is a stream of events. Write {id: '7', data: ...} for each"),
        ("[{id: a, data: {id: 0, kind: solid, weight: 12}}]", LAST, "P16: the example is not valid, at id"),
        (EVENT, LAST.replace("in: header", "in: query"), "write {name: Last-Event-ID, in: header}, without `required`"),
        (EVENT, LAST.replace("in: header", "required: true, in: header"), "once there was one: write {name: Last-Event-ID, in: header}"),
        (
            EVENT,
            LAST.replace("type: string, maxLength: 9, pattern: '^[a-z]*$'", "type: integer, minimum: 0, maximum: 9"),
            "write `type: string`",
        ),
    ],
)
def test_other_events_are_refused_with_what_to_write(tmp_path: Path, response: str, parameters: str, words: str) -> None:
    shown = lines(tmp_path, EVENTS, response=response, parameters=parameters)

    assert words in shown, shown


def test_only_events_continue(tmp_path: Path) -> None:
    shown = lines(tmp_path, f"application/x-ndjson:\n            {STREAM}", parameters=LAST)

    assert "only a stream of text/event-stream is resumed: leave Last-Event-ID out" in shown, shown
