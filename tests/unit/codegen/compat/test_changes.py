"""Each change of the contract has its level: a table of edits of the real contract, and each of its bounds, both ways."""

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
from tests.kit.codegen.contract_edits import EDITS, TEXT, Edit, add, all_of, copied, drop, put
from tests.kit.codegen.contracts import with_body, with_parameters, with_response, written
from tests.kit.project import ROOT

Json = dict[str, Any]


@pytest.fixture(scope="module")
def real() -> Document:
    return Document(json.loads((ROOT / "generated/server/steelyard_contract/openapi.json").read_bytes()))


@pytest.fixture(scope="module")
def changes_of(real: Document) -> Callable[[Edit], list[Change]]:
    """The changes of an edit, computed once."""
    return functools.cache(lambda edit: changes(real, Document(edit.of(real.root))))


def between(old: Document, new: Json) -> list[Change]:
    return changes(old, Document(new))


def level_of(differences: list[Change]) -> Level | None:
    return level(differences) if differences else None


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name.replace(" ", "-"))
def test_an_edit_has_its_level_for_callers(changes_of: Callable[[Edit], list[Change]], edit: Edit) -> None:
    edited = changes_of(edit)

    assert level_of(edited) == edit.level, "\n".join(lines(edited))


def test_there_are_many_edits_of_each_level_and_none_twice() -> None:
    assert len(EDITS) >= 120
    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert all(sum(edit.level == expected for edit in EDITS) >= 15 for expected in LEVELS)


def test_a_contract_is_compatible_with_itself(real: Document) -> None:
    assert between(real, copied(dict(real.root))) == []


def test_another_version_alone_is_no_change(real: Document) -> None:
    new = copied(dict(real.root))
    new["info"]["version"] = "1.0.1"

    assert between(real, new) == []


# Keywords that the contract does not use yet.
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, put("openapi", "3.2.0"), "wording"),
        (put("openapi", "3.2.0"), put("openapi", "3.1.1"), "wording"),
        (None, put("openapi", "4.0.0"), "breaking"),
        (None, put("openapi", "3.1.2"), "wording"),
        (None, put("getItem x-limit", 60), "breaking"),
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
def test_keywords_that_the_contract_does_not_use_yet_are_compared(real: Document, before: Any, after: Any, expected: Level) -> None:
    old, new = copied(dict(real.root)), copied(dict(real.root))
    for document, change in ((old, before), (new, after)):
        if change is not None:
            change(document)

    assert level_of(between(Document(old), new)) == expected


@pytest.mark.slow
def test_every_breaking_change_has_a_reason_and_a_way_out(changes_of: Callable[[Edit], list[Change]]) -> None:
    # Another test shows that the edits of the other levels have no such change.
    breaking = [change for edit in EDITS if edit.level == "breaking" for change in changes_of(edit) if change.level == "breaking"]

    assert all(change.reason is not None and change.reason.why and change.reason.now for change in breaking)
    # A deprecation, a webhook and another version of OpenAPI are no single edits of the contract.
    assert {change.kind for change in breaking} >= REASONS.keys() - {"deprecation", "webhook", "openapi"}


def test_a_change_of_a_shared_part_is_printed_once_with_its_operations(real: Document) -> None:
    edited = copied(dict(real.root))
    add("OrderStatus enum", "lost")(edited)

    printed = list(lines(between(real, edited)))

    assert printed[0] == 'breaking: "lost" is new'
    assert printed[1] == "    listOrders response 200 items[].status"
    assert any(line.endswith(" more places") for line in printed)
    assert "    at   #/components/schemas/OrderStatus" in printed
    assert summary(between(real, edited)) == "1 breaking change, 1 addition"
    assert summary([]) == "nothing has changed"


# -- every bound, with its readers computed in another way ---------------------------------------------------------------
STEP = {"minimum": -1, "maximum": 1, "minLength": -1, "maxLength": 1, "minItems": -1, "maxItems": 1}
SENDERS, READERS = {"request", "parameter"}, {"response", "problem", "header"}


def bounds(document: Document) -> Iterator[tuple[str, str, set[str]]]:
    """The pointer and keyword of each bound, with the uses of its schema."""
    uses: dict[str, set[str]] = {}
    for schema in schemas(document):
        if not schema.condition:
            uses.setdefault(schema.pointer, set()).add(schema.use)
    for where, used in uses.items():
        for keyword in STEP.keys() & document.get(where).keys():
            if not (used == {"problem"} and where.endswith(("/title", "/detail"))):
                yield where, keyword, used


def moved(document: Document, where: str, keyword: str, *, wider: bool) -> Json:
    edited: Json = copied(dict(document.root))
    node = Document(edited).get(where)
    node[keyword] += STEP[keyword] if wider else -STEP[keyword]
    return edited


@pytest.mark.parametrize("wider", [True, False], ids=["wider", "tighter"])
def test_a_bound_of_a_small_contract_has_the_level_of_its_direction(tmp_path_factory: Any, wider: bool) -> None:
    small = Document(json.loads(json.dumps(bundle(written(tmp_path_factory.mktemp("contract"))))))
    checked = 0
    for where, keyword, used in bounds(small):
        if keyword in ("minLength", "minItems") and small.get(where)[keyword] == 1 and wider:
            continue  # to zero: the removal of the bound covers it
        expected = "breaking" if used & (READERS if wider else SENDERS) else "addition"

        assert level_of(between(small, moved(small, where, keyword, wider=wider))) == expected, (where, keyword)
        checked += 1
    assert checked >= 20


@pytest.mark.slow
def test_a_bound_of_the_real_contract_has_the_level_of_its_direction(real: Document) -> None:
    picked = list(bounds(real))[::8]
    for number, (where, keyword, used) in enumerate(picked):
        wider = number % 2 == 0
        expected = "breaking" if used & (READERS if wider else SENDERS) else "addition"

        assert level_of(between(real, moved(real, where, keyword, wider=wider))) == expected, (where, keyword)
    assert len(picked) >= 25


# -- another notation -----------------------------------------------------------------------------------------------------
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
    ({"oneOf": [MANY, {"type": "null"}]}, {"anyOf": [MANY, {"type": "null"}]}),
    ({**MANY, "minimum": 1, "type": ["integer", "null"]}, {"type": ["integer", "null"], "exclusiveMinimum": 0, "maximum": 9}),
    ({"const": 1}, {"type": "integer", "enum": [1]}),
    ({"oneOf": [{"$ref": "#/components/schemas/Many"}]}, {"$ref": "#/components/schemas/Many"}),
]


@pytest.mark.parametrize(("first", "second"), [pair for old, new in SAME for pair in ((old, new), (new, old))])
def test_another_notation_of_a_schema_is_no_difference(first: Json, second: Json) -> None:
    for around in (with_body, with_response):
        differences = changes(around(first, Many=MANY), around(second, Many=MANY))

        assert all(change.level == "wording" for change in differences), differences


def holding(schema: Json) -> Json:
    """An object with one member."""
    return {"type": "object", "properties": {"a": schema}, "additionalProperties": False}


DIFFERENT: list[tuple[Json, Json, Level, Level]] = [
    # schema, its change, level for senders, level for readers
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
    ({**MANY, "type": ["integer", "null"]}, {"type": "null"}, "breaking", "breaking"),
    ({**MANY, "type": ["integer", "null"]}, {"const": None}, "breaking", "breaking"),
    (MANY, {**MANY, "multipleOf": 3}, "breaking", "addition"),
    ({**MANY, "multipleOf": 6}, {**MANY, "multipleOf": 3}, "addition", "breaking"),
    ({**MANY, "multipleOf": 0.01}, {**MANY, "multipleOf": 0.03}, "breaking", "addition"),
    ({**MANY, "multipleOf": 2}, {**MANY, "multipleOf": 3}, "breaking", "breaking"),
    (holding(MANY), holding({**MANY, "readOnly": True}), "breaking", "wording"),
    (holding({**MANY, "readOnly": True}), holding(MANY), "addition", "wording"),
    (holding(MANY), holding({**MANY, "writeOnly": True}), "wording", "breaking"),
    (holding({**MANY, "writeOnly": True}), holding(MANY), "wording", "addition"),
]


@pytest.mark.parametrize(("old", "new", "sent", "read"), DIFFERENT)
def test_a_change_has_a_level_for_senders_and_a_level_for_readers(old: Json, new: Json, sent: Level, read: Level) -> None:
    assert level_of(changes(with_body(old, Many=MANY), with_body(new, Many=MANY))) == sent
    assert level_of(changes(with_response(old, Many=MANY), with_response(new, Many=MANY))) == read


def test_a_parameter_may_move_to_its_path_item() -> None:
    own = {"name": "locale", "in": "query", "schema": TEXT}
    old = with_parameters(own)
    new = copied(dict(old.root))
    item = new["paths"]["/things"]
    item["parameters"] = item["get"].pop("parameters")

    assert {change.level for change in [*between(old, new), *changes(Document(new), old)]} == {"wording"}


def test_a_recursive_schema_is_compared_once() -> None:
    tree: Json = {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Probe"}, "name": TEXT}}
    deeper = deepcopy(tree)
    deeper["properties"]["name"]["maxLength"] = 30

    assert {change.what for change in changes(with_body(tree), with_body(deeper))} == {"`maxLength` 20 becomes 30"}


def test_a_change_below_a_reference_has_the_pointer_of_its_target(real: Document) -> None:
    edited = copied(dict(real.root))
    drop("Item properties owner_id")(edited)

    assert {change.pointer for change in between(real, edited)} == {"/components/schemas/Item/properties/owner_id"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put("listItems parameters 3 style", "form"), "wording"),
        (put("listItems parameters 3 explode", True), "wording"),
        (put("listItems parameters 3 explode", False), "breaking"),
        (put("servers 0", {"url": "/{v}", "variables": {"v": {"default": "a"}}}), "breaking"),
        (put("servers 0 variables", {}), "wording"),
        (add("servers", {"url": "https://{v}.example", "variables": {"v": {"default": "a", "enum": ["a", "b"]}}}), "addition"),
    ],
)
def test_what_is_written_out_and_means_the_same_breaks_no_one(real: Document, edit: Callable[[Json], None], expected: Level) -> None:
    edited = copied(dict(real.root))
    edit(edited)

    assert level_of(between(real, edited)) == expected
