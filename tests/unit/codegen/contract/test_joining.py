"""allOf becomes one schema that accepts the same values, or is refused with its place."""

from pathlib import Path
from typing import Any

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from tests.kit.codegen.contracts import FILES, edited, written

THINGS = "schemas/things.yaml"
KIND = "    kind: {$ref: '#/Kind'}\n    weight: {type: integer,"
NOTE = "note: {type: string, description: Anything., maxLength: 50, pattern: '^[^\\u0000]*$', examples: [Brass]}"
TEXT = "type: string, description: Anything., maxLength: 50, pattern: '^[a-z]*$', examples: [brass]"
BASE = """
Weighed:
  type: object
  required: [kind]
  properties:
    kind: {$ref: '#/Kind'}
    weight: {type: integer, description: In grams., minimum: 0, maximum: 1000, examples: [12]}
"""
EXTENSION = """ThingCreate:
  description: A weighed thing with a note.
  allOf:
    - $ref: '#/Weighed'
    - type: object
      required: [note]
      properties:
        note: {type: string, description: Anything., maxLength: 50, pattern: '^[a-z]*$', examples: [brass]}
        weight: {minimum: 10}
  unevaluatedProperties: false
"""


def extended(folder: Path, base: str = BASE, extension: str = EXTENSION, body: str = "kind: solid, weight: 12, note: abc") -> Path:
    """A contract whose body extends another schema."""
    things = FILES[THINGS].partition("ThingCreate:")[0] + base + extension
    written(folder, schemas__things=things)
    example = folder / "examples" / "createThing.yaml"
    example.write_text(example.read_text("utf-8").replace("kind: solid, weight: 12}\n  status", f"{body}}}\n  status"), "utf-8")
    return folder / "openapi.yaml"


def schemas(root: Path) -> dict[str, Any]:
    made: dict[str, Any] = bundle(root)["components"]["schemas"]
    return made


def test_an_extension_has_the_members_of_all_its_parts(tmp_path: Path) -> None:
    root = extended(tmp_path)

    made = schemas(root)

    assert "Weighed" not in made
    assert "allOf" not in str(made)
    assert made["ThingCreate"]["required"] == ["kind", "note"]
    assert list(made["ThingCreate"]["properties"]) == ["kind", "weight", "note"]
    assert (made["ThingCreate"]["properties"]["weight"]["minimum"], made["ThingCreate"]["additionalProperties"]) == (10, False)
    assert lint(root) == []


def test_it_accepts_what_the_parts_accept(tmp_path: Path) -> None:
    root = extended(tmp_path)
    joined = Document(bundle(root)).validator("/components/schemas/ThingCreate")

    assert joined.is_valid({"kind": "solid", "note": "abc", "weight": 10})
    for wrong in (
        {"kind": "solid"},
        {"note": "abc"},
        {"kind": "solid", "note": "abc", "weight": 9},
        {"kind": "solid", "note": "a", "x": 1},
    ):
        assert not joined.is_valid(wrong), wrong


@pytest.mark.parametrize(
    ("written_as", "joined"),
    [
        ("{allOf: [{$ref: '#/Kind'}], description: What it was.}", {"$ref": "#/components/schemas/Kind", "description": "What it was."}),
        (f"{{allOf: [{{{TEXT}}}, {{minLength: 2}}, {{maxLength: 9}}]}}", {"minLength": 2, "maxLength": 9}),
        ("{allOf: [{type: integer, minimum: 0, maximum: 9}, {type: number, minimum: 3}]}", {"type": "integer", "minimum": 3}),
        ("{allOf: [{type: [string, 'null']}, {type: string, const: a}]}", {"type": "string", "const": "a"}),
        ("{allOf: [{$ref: '#/Kind'}, {const: solid}]}", {"const": "solid"}),
        ("{allOf: [{$ref: '#/Kind'}, {enum: [liquid, gas]}]}", {"enum": ["liquid"]}),
        (
            "{allOf: [{allOf: [{type: array, items: {minimum: 1}}]}, {items: {minimum: 2, maximum: 3}}]}",
            {"items": {"minimum": 2, "maximum": 3}},
        ),
    ],
)
def test_keywords_of_all_parts_hold(tmp_path: Path, written_as: str, joined: dict[str, Any]) -> None:
    note = schemas(edited(tmp_path, THINGS, NOTE, f"note: {written_as}"))["ThingCreate"]["properties"]["note"]

    assert "allOf" not in note
    assert joined.items() <= note.items()


@pytest.mark.parametrize(
    ("written_as", "message"),
    [
        ("{allOf: [{type: string, pattern: '^a$'}, {pattern: '^b$'}]}", "two parts have another `pattern`"),
        ("{allOf: [{type: string}, {type: integer}]}", "no value is both 'string' and 'integer'"),
        ("{allOf: [{$ref: '#/Kind'}, {enum: [gas]}]}", "no value is in both"),
        ("{allOf: [{$ref: '#/Kind'}, {const: gas}]}", "'gas' is none of ['solid', 'liquid']"),
        ("{allOf: [{oneOf: [{$ref: '#/Kind'}, {type: 'null'}]}, {type: string}]}", "write them into each branch"),
        ("{type: object, unevaluatedProperties: false}", "Write `additionalProperties: false`"),
    ],
)
def test_what_has_no_joint_schema_is_refused_at_its_line(tmp_path: Path, written_as: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        bundle(edited(tmp_path, THINGS, NOTE, f"note: {written_as}"))

    assert "things.yaml:21: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("base", "extension", "message"),
    [
        (BASE + "  additionalProperties: false\n", EXTENSION, "note is never valid"),
        (BASE, EXTENSION.replace("unevaluatedProperties", "additionalProperties"), "is never valid"),
        (BASE, EXTENSION.replace("unevaluatedProperties: false", "unevaluatedProperties: {type: string}"), "and a map as a member"),
    ],
)
def test_an_extension_of_a_closed_schema_is_refused(tmp_path: Path, base: str, extension: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        bundle(extended(tmp_path, base, extension))


def test_an_open_extension_is_refused(tmp_path: Path) -> None:
    root = extended(tmp_path, extension=EXTENSION.replace("  unevaluatedProperties: false\n", ""))

    assert any("`unevaluatedProperties: false`" in line for line in lint(root))
