"""A webhook or callback delivers one event with a constant type, or is refused with its place and what to write instead."""

from pathlib import Path

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from codegen.typescript import complete, deliveries
from tests.kit.codegen.contracts import FILES, written

EVENT = """
Weighed:
  type: object
  description: A thing was weighed.
  additionalProperties: false
  required: [type, kind]
  properties:
    type: {type: string, const: thing.weighed}
    kind: {$ref: '#/Kind'}
"""
WEBHOOK = """webhooks:
  thing.weighed:
    post:
      summary: A thing was weighed
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: 'schemas/things.yaml#/Weighed'}
            examples: {solid: {value: {type: thing.weighed, kind: solid}}}
      responses: {'204': {description: The receiver has it.}}
"""


CALLBACK = """    callbacks:
      weighed:
        '{$request.body#/notify}': {$ref: 'events.yaml#/weighed'}
"""
NOTIFY = (
    "    notify: {type: string, format: uri, description: Where the weight is posted., maxLength: 200, examples: ['https://example.com']}\n"
)


def contract(folder: Path, webhook: str = WEBHOOK, event: str = EVENT) -> Path:
    root = FILES["openapi.yaml"].replace("components:\n", f"{webhook}components:\n")
    return written(folder, openapi=root, schemas__things=FILES["schemas/things.yaml"] + event)


def refused(root: Path) -> str:
    try:
        return "\n".join(lint(root))
    except ContractError as error:
        return str(error)


def test_a_webhook_is_part_of_the_contract(tmp_path: Path) -> None:
    root = contract(tmp_path)

    (delivery,) = Document(bundle(root)).deliveries()

    assert lint(root) == []
    assert (delivery.name, [schema for schema, _ in delivery.schemas]) == ("thing.weighed", [{"$ref": "#/components/schemas/Weighed"}])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    post:", "    put:", "thing.weighed has put. Write `post` and nothing else"),
        ("application/json:", "text/plain:", "thing.weighed has no event"),
        ("        required: true\n", "", "thing.weighed has no event"),
        ("'204'", "'404'", "thing.weighed has 404. Write '204' or '2XX'"),
        ("      summary:", "      operationId: weigh\n      summary:", "nothing enforces `operationId` in a delivery"),
        ("      summary:", "      parameters: []\n      summary:", "nothing enforces `parameters` in a delivery"),
        ("required: true", "required: true\n        x-max-bytes: 5", "nothing enforces `x-max-bytes` in an event"),
        ("kind: solid", "kind: gas", "the example is not valid, at kind"),
        ("A thing was weighed\n", "A thing was weighed.\n", "no full stop"),
        ("            examples: {solid: {value: {type: thing.weighed, kind: solid}}}\n", "", "thing.weighed has no example"),
    ],
)
def test_what_is_no_delivery_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert WEBHOOK.count(old) == 1

    lines = refused(contract(tmp_path, WEBHOOK.replace(old, new)))

    assert message in lines
    assert "openapi.yaml:" in lines


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("const: thing.weighed", "maxLength: 20", "whose `const` is a text"),
        ("required: [type, kind]", "required: [kind]", "whose `const` is a text"),
        ("  additionalProperties: false\n", "", "otherwise further members are valid"),
        ("kind: {$ref: '#/Kind'}", "kind: {$ref: '#/Kind', x-case: ignored}", "nothing enforces `x-case`"),
    ],
)
def test_what_is_no_event_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in refused(contract(tmp_path, event=EVENT.replace(old, new)))


def test_two_events_have_two_types(tmp_path: Path) -> None:
    other = WEBHOOK.partition("\n")[2].replace("thing.weighed:\n", "thing.lost:\n").replace("#/Weighed", "#/Lost")

    lines = refused(contract(tmp_path, WEBHOOK + other, EVENT + EVENT.replace("Weighed", "Lost")))

    assert "thing.weighed is the type of Weighed, too: give each event its own" in lines


def calling_back(folder: Path, callback: str = CALLBACK, notify: str = NOTIFY, event: str = WEBHOOK) -> Path:
    """The contract, with a callback of createThing."""
    things, schemas = FILES["paths/things.yaml"], FILES["schemas/things.yaml"]
    created = "ThingCreate:" + schemas.partition("ThingCreate:")[2]
    posted = event.partition("\n")[2].replace("  thing.weighed:", "weighed:").replace("'schemas/", "'../schemas/")
    return written(
        folder,
        paths__things=things.replace("    summary: Weigh a thing\n", f"    summary: Weigh a thing\n{callback}"),
        paths__events=posted,
        schemas__things=schemas.replace(created, created.replace("  properties:\n", f"  properties:\n{notify}")) + EVENT,
    )


def test_a_callback_is_part_of_its_operation(tmp_path: Path) -> None:
    root = calling_back(tmp_path)

    (delivery,) = Document(bundle(root)).deliveries()

    assert lint(root) == []
    assert (delivery.name, delivery.url) == ("createThing.weighed", "{$request.body#/notify}")
    assert deliveries(Document(bundle(root))).endswith('    "createThing.weighed": components["schemas"]["Weighed"];\n}\n')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{$request.body#/notify}", "{$request.body#/other}", "is nothing that the request has: write `{$request.body#/MEMBER}`"),
        ("{$request.body#/notify}", "{$request.query.notify}", "is nothing that the request has"),
        ("{$request.body#/notify}", "{$response.body#/notify}", "is nothing that the request has"),
        ("{$request.body#/notify}", "https://example.com/{$request.body#/notify}", "is nothing that the request has"),
        ("{$request.body#/notify}", "{$request.body#/kind}", "may be any text: write `format: uri`"),
        ("{$request.body#/notify}", "{$request.header.idempotency-key}", "may be any text: write `format: uri`"),
        (
            "events.yaml#/weighed'}",
            "events.yaml#/weighed'}\n        '{$url}': {$ref: 'events.yaml#/weighed'}",
            "weighed has 2 URLs. Write one",
        ),
        ("\n        '{$request.body#/notify}': {$ref: 'events.yaml#/weighed'}", " {}", "weighed has no URLs. Write one"),
    ],
    ids=["member", "query", "response", "part", "text", "header", "two", "none"],
)
def test_the_url_of_a_callback_is_in_the_request(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert CALLBACK.count(old) == 1

    lines = refused(calling_back(tmp_path, CALLBACK.replace(old, new)))

    assert message in lines
    assert "things.yaml:" in lines


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    post:", "    put:", "createThing.weighed has put. Write `post` and nothing else"),
        ("'204'", "'404'", "createThing.weighed has 404. Write '204' or '2XX'"),
        ("kind: solid", "kind: gas", "the example is not valid, at kind"),
    ],
)
def test_a_callback_keeps_the_rules_of_webhooks(tmp_path: Path, old: str, new: str, message: str) -> None:
    lines = refused(calling_back(tmp_path, event=WEBHOOK.replace(old, new)))

    assert message in lines
    assert "events.yaml:" in lines


def test_a_webhook_that_the_generator_skips_is_noticed(tmp_path: Path) -> None:
    document = Document(bundle(contract(tmp_path)))

    with pytest.raises(ContractError, match=r"lacks the webhook thing\.weighed"):
        complete(Document({"webhooks": document.root["webhooks"], "paths": {}}), "")
