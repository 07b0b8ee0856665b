"""What breaks callers is told from what does not: a table of edits of the real contract, and every bound of it, both ways."""

import functools
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from codegen.compat.changes import LEVELS, REASONS, Change, Level
from codegen.compat.document import changes
from codegen.compat.report import lines, summary
from codegen.compat.versions import level
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.schemas import schemas
from tests.kit.codegen.contract_edits import EDITS, TEXT, Edit, add, all_of, drop, put
from tests.kit.codegen.contracts import with_body, with_response, written
from tests.kit.project import ROOT

Json = dict[str, Any]


@pytest.fixture(scope="module")
def real() -> Document:
    return Document(json.loads((ROOT / "generated/server/steelyard_contract/openapi.json").read_bytes()))


@pytest.fixture(scope="module")
def found_by(real: Document) -> Callable[[Edit], list[Change]]:
    """What is found in an edit, looked for once."""
    return functools.cache(lambda edit: changes(real, Document(edit.of(real.root))))


def between(old: Document, new: Json) -> list[Change]:
    return changes(old, Document(new))


def verdict(found: list[Change]) -> Level | None:
    return level(found) if found else None


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name.replace(" ", "-"))
def test_an_edit_is_what_it_is_to_callers(found_by: Callable[[Edit], list[Change]], edit: Edit) -> None:
    found = found_by(edit)

    assert verdict(found) == edit.level, "\n".join(lines(found))


def test_there_are_many_edits_of_each_kind_and_none_twice() -> None:
    assert len(EDITS) >= 120
    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert all(sum(edit.level == one for edit in EDITS) >= 15 for one in LEVELS)


def test_a_contract_is_compatible_with_itself(real: Document) -> None:
    assert between(real, deepcopy(dict(real.root))) == []


def test_another_version_alone_is_no_change(real: Document) -> None:
    new = deepcopy(dict(real.root))
    new["info"]["version"] = "1.0.1"

    assert between(real, new) == []


# What the contract has none of today.
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, put("webhooks", {"order.paid": {"post": {"summary": "Paid"}}}), "addition"),
        (put("webhooks", {"order.paid": {"post": {"summary": "Paid"}}}), None, "breaking"),
        (
            put("webhooks", {"order.paid": {"post": {"requestBody": {"content": {"application/json": {"schema": TEXT}}}}}}),
            put(
                "webhooks",
                {"order.paid": {"post": {"requestBody": {"content": {"application/json": {"schema": {**TEXT, "maxLength": 30}}}}}}},
            ),
            "breaking",
        ),
        (None, put("openapi", "3.2.0"), "breaking"),
        (None, put("openapi", "3.1.2"), "wording"),
        (None, put("getItem x-cache", 60), "breaking"),
        (None, put("Item minProperties", 5), "addition"),
        (None, put("ItemCreate not", {"required": ["sku"]}), "breaking"),
        (None, put("ItemCreate dependentRequired", {"sku": ["category"]}), "breaking"),
        (put("ItemCreate dependentRequired", {"sku": ["category"]}), None, "addition"),
        (None, put("CancelOrder additionalProperties", TEXT), "addition"),
        (put("CancelOrder additionalProperties", TEXT), put("CancelOrder additionalProperties", {**TEXT, "maxLength": 9}), "breaking"),
        (
            all_of(put("CancelOrder additionalProperties", TEXT), put("CancelOrder propertyNames", TEXT)),
            all_of(put("CancelOrder additionalProperties", TEXT), put("CancelOrder propertyNames", {**TEXT, "maxLength": 99})),
            "addition",
        ),
    ],
)
def test_what_the_contract_may_have_one_day_is_compared_as_well(real: Document, before: Any, after: Any, expected: Level) -> None:
    old, new = deepcopy(dict(real.root)), deepcopy(dict(real.root))
    for document, change in ((old, before), (new, after)):
        if change is not None:
            change(document)

    assert verdict(between(Document(old), new)) == expected


@pytest.mark.slow
def test_whatever_breaks_says_why_and_what_now(found_by: Callable[[Edit], list[Change]]) -> None:
    found = [one for edit in EDITS for one in found_by(edit) if one.level == "breaking"]

    assert all(one.reason is not None and one.reason.why and one.reason.now for one in found)
    # A deprecation, a webhook and another OpenAPI are no single edits of today's contract.
    assert {one.kind for one in found} >= REASONS.keys() - {"deprecation", "webhook", "openapi"}


def test_a_shared_part_is_told_once_with_the_operations_that_it_reaches(real: Document) -> None:
    edited = deepcopy(dict(real.root))
    add("OrderStatus enum", "lost")(edited)

    printed = list(lines(between(real, edited)))

    assert printed[0] == 'breaking: "lost" is new'
    assert printed[1] == "    listOrders answer 200 items[].status"
    assert any(line.endswith(" more places") for line in printed)
    assert "    at   #/components/schemas/OrderStatus" in printed
    assert summary(between(real, edited)) == "1 breaking change, 1 addition"
    assert summary([]) == "nothing has changed"


# -- every bound, by another way of telling who reads it ------------------------------------------------------------------
STEP = {"minimum": -1, "maximum": 1, "minLength": -1, "maxLength": 1, "minItems": -1, "maxItems": 1}
SENDERS, READERS = {"request", "parameter"}, {"response", "problem", "header"}


def bounds(document: Document) -> Iterator[tuple[str, str, set[str]]]:
    """Where a bound stands, which one, and for what its schema is used."""
    uses: dict[str, set[str]] = {}
    for one in schemas(document):
        if not one.condition:
            uses.setdefault(one.pointer, set()).add(one.use)
    for where, used in uses.items():
        for keyword in STEP.keys() & document.get(where).keys():
            if not (used == {"problem"} and where.endswith(("/title", "/detail"))):
                yield where, keyword, used


def moved(document: Document, where: str, keyword: str, *, wider: bool) -> Json:
    edited = deepcopy(dict(document.root))
    node = Document(edited).get(where)
    node[keyword] += STEP[keyword] if wider else -STEP[keyword]
    return edited


@pytest.mark.parametrize("wider", [True, False], ids=["wider", "tighter"])
def test_every_bound_of_a_small_contract_counts_in_the_direction_in_which_it_is_read(tmp_path_factory: Any, wider: bool) -> None:
    small = Document(json.loads(json.dumps(bundle(written(tmp_path_factory.mktemp("contract"))))))
    checked = 0
    for where, keyword, used in bounds(small):
        if keyword in ("minLength", "minItems") and small.get(where)[keyword] == 1 and wider:
            continue  # to zero: that is covered by removing it
        expected = "breaking" if used & (READERS if wider else SENDERS) else "addition"

        assert verdict(between(small, moved(small, where, keyword, wider=wider))) == expected, (where, keyword)
        checked += 1
    assert checked >= 20


@pytest.mark.slow
def test_bounds_of_the_real_contract_do_so_too(real: Document) -> None:
    picked = list(bounds(real))[::8]
    for number, (where, keyword, used) in enumerate(picked):
        wider = number % 2 == 0
        expected = "breaking" if used & (READERS if wider else SENDERS) else "addition"

        assert verdict(between(real, moved(real, where, keyword, wider=wider))) == expected, (where, keyword)
    assert len(picked) >= 25


# -- one way of writing for another ---------------------------------------------------------------------------------------
MANY = {"type": "integer", "minimum": 1, "maximum": 9}
SAME = [
    ({"const": "a"}, {"type": "string", "enum": ["a"]}),
    ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}),
    ({**MANY, "type": ["integer", "null"]}, {"oneOf": [MANY, {"type": "null"}]}),
    ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10}, MANY),
    ({"$ref": "#/components/schemas/Many"}, MANY),
    ({"allOf": [MANY, {"maximum": 7}]}, {**MANY, "maximum": 7}),
    ({"type": "string", "enum": ["a"], "maxLength": 5}, {"type": "string", "enum": ["a"], "maxLength": 9}),
    (
        {"allOf": [{"type": "object", "properties": {"a": MANY}, "required": ["a"]}], "unevaluatedProperties": False},
        {"type": "object", "properties": {"a": MANY}, "required": ["a"], "additionalProperties": False},
    ),
    ({"oneOf": [{"$ref": "#/components/schemas/Many"}]}, {"$ref": "#/components/schemas/Many"}),
]


@pytest.mark.parametrize(("one", "other"), [pair for old, new in SAME for pair in ((old, new), (new, old))])
def test_what_says_the_same_is_no_difference(one: Json, other: Json) -> None:
    for around in (with_body, with_response):
        found = changes(around(one, Many=MANY), around(other, Many=MANY))

        assert all(change.level == "wording" for change in found), found


DIFFERENT: list[tuple[Json, Json, Level, Level]] = [
    # schema, its change, to those who send it, to those who read it
    (MANY, {**MANY, "type": "number"}, "addition", "breaking"),
    ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "maxLength": 1}, "addition", "breaking"),
    ({"type": "string", "enum": ["a", "bb"]}, {"type": "string", "maxLength": 1}, "breaking", "breaking"),
    ({"type": "string", "maxLength": 1}, {"type": "string", "enum": ["a"]}, "breaking", "addition"),
    ({"type": "string", "format": "uri"}, {"type": "string", "format": "email"}, "breaking", "breaking"),
    ({"type": "string", "pattern": "^a$"}, {"type": "string", "pattern": r"^\d$"}, "breaking", "breaking"),
    ({"$ref": "#/components/schemas/Many"}, {"oneOf": [{"$ref": "#/components/schemas/Many"}, TEXT]}, "addition", "breaking"),
    ({"oneOf": [{"$ref": "#/components/schemas/Many"}, TEXT]}, {"$ref": "#/components/schemas/Many"}, "breaking", "addition"),
    ({"type": "object", "properties": {}}, {"type": "object", "properties": {"a": MANY}}, "breaking", "addition"),
    (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"if": {"required": ["a", "c"]}, "then": {"required": ["b"]}},
        "addition",
        "breaking",
    ),
    (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["d"]}},
        {"if": {"required": ["a", "c"]}, "then": {"required": ["b"]}, "else": {"required": ["d"]}},
        "breaking",
        "breaking",
    ),
    ({"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": False}, "breaking", "addition"),
    ({"type": "array", "items": MANY}, {"type": "array", "items": {**MANY, "maximum": 10}}, "addition", "breaking"),
    ({"type": "array"}, {"type": "array", "items": MANY}, "breaking", "addition"),
]


@pytest.mark.parametrize(("old", "new", "sent", "read"), DIFFERENT)
def test_the_same_change_is_another_thing_to_those_who_send_than_to_those_who_read(old: Json, new: Json, sent: Level, read: Level) -> None:
    assert verdict(changes(with_body(old, Many=MANY), with_body(new, Many=MANY))) == sent
    assert verdict(changes(with_response(old, Many=MANY), with_response(new, Many=MANY))) == read


def test_a_schema_may_hold_itself() -> None:
    tree: Json = {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Probe"}, "name": TEXT}}
    deeper = deepcopy(tree)
    deeper["properties"]["name"]["maxLength"] = 30

    assert {one.what for one in changes(with_body(tree), with_body(deeper))} == {"`maxLength` 20 becomes 30"}


def test_a_change_below_a_reference_is_placed_where_it_is_written(real: Document) -> None:
    edited = deepcopy(dict(real.root))
    drop("Item properties owner_id")(edited)

    assert {one.pointer for one in between(real, edited)} == {"/components/schemas/Item/properties/owner_id"}
