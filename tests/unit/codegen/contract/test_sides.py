"""A member that only one side sends is neither required of the other side nor accepted from it."""

from pathlib import Path

import pytest

from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.yaml import ContractError
from codegen.lint.lint import lint
from tests.kit.codegen.contracts import FILES, written

THINGS, PATHS = "schemas/things.yaml", "paths/things.yaml"
PIN = "{type: string, description: Opens it., %smaxLength: 4, pattern: '^[0-9]*$', examples: ['1']}"
THING = f"""
Kind:
  type: string
  description: What it is.
  enum: [solid, liquid]
Part:
  type: object
  description: What it consists of.
  additionalProperties: false
  required: [number, pin]
  properties:
    number: {{type: integer, description: A number., readOnly: true, minimum: 0, maximum: 9, examples: [1]}}
    pin: {PIN % "writeOnly: true, "}
Thing:
  type: object
  additionalProperties: false
  required: [id, kind, weight, part]
  properties:
    id: {{type: integer, description: Names it., readOnly: true, minimum: 1, maximum: 9007199254740991, examples: [7]}}
    kind: {{$ref: '#/Kind'}}
    weight: {{type: [integer, 'null'], description: In grams., minimum: 0, maximum: 1000, examples: [12]}}
    part: {{$ref: '#/Part'}}
"""


def contract(folder: Path, things: str = THING) -> Path:
    """A contract with one schema for both sides."""
    paths = FILES[PATHS].replace("#/ThingCreate", "#/Thing")
    root = written(folder, schemas__things=things, paths__things=paths)
    for name in ("createThing", "getThing"):
        file = folder / "examples" / f"{name}.yaml"
        text = file.read_text("utf-8").replace("body: {kind: solid, weight: 12}", "body: {kind: solid, weight: 12, part: {pin: '1'}}")
        lines = [line.replace("}", ", part: {number: 1}}") if "response:" in line else line for line in text.splitlines()]
        file.write_text("\n".join(lines), "utf-8")
    return root


def test_each_side_has_a_schema_of_what_it_sends(tmp_path: Path) -> None:
    root = contract(tmp_path)
    document = Document(bundle(root))
    schemas = document.components("schemas")

    assert lint(root) == []
    assert schemas["Thing"]["required"] == ["id", "kind", "weight", "part"]
    assert schemas["ThingRequest"]["required"] == ["kind", "weight", "part"]
    assert list(schemas["ThingRequest"]["properties"]) == ["kind", "weight", "part"]
    assert (list(schemas["Part"]["properties"]), list(schemas["PartRequest"]["properties"])) == (["number"], ["pin"])
    sent = document.validator("/components/schemas/ThingRequest")
    assert sent.is_valid({"kind": "solid", "weight": 1, "part": {"pin": "1"}})
    assert not sent.is_valid({"id": 7, "kind": "solid", "weight": 1, "part": {"pin": "1"}})


def test_a_rule_about_a_member_of_the_other_side_names_the_rest(tmp_path: Path) -> None:
    then = "{required: [id, kind], properties: {id: {minimum: 5}}}"
    rules = f"  dependentRequired: {{weight: [id, kind]}}\n  if: {{required: [weight]}}\n  then: {then}\n"
    schemas = Document(bundle(contract(tmp_path, THING + rules))).components("schemas")

    assert schemas["ThingRequest"]["dependentRequired"] == {"weight": ["kind"]}
    assert schemas["ThingRequest"]["then"] == {"required": ["kind"], "properties": {}}
    assert schemas["Thing"]["dependentRequired"] == {"weight": ["id", "kind"]}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("readOnly: true, minimum: 1", "readOnly: true, writeOnly: true, minimum: 1", 19, "no side would send"),
        ("Thing:\n  type: object", "Thing:\n  type: object\n  readOnly: true", 15, "Write it in `properties`"),
        (
            "    part: {$ref: '#/Part'}\n",
            "    part: {$ref: '#/Part'}\n  if: {required: [id]}\n  then: {required: [kind]}\n",
            23,
            "the condition depends on id, which no request has",
        ),
        ("Part:", "ThingRequest: {$ref: '#/Kind'}\nPart:", None, "ThingRequest, which is another one"),
    ],
)
def test_a_member_of_no_side_is_refused_at_its_line(tmp_path: Path, old: str, new: str, line: int | None, message: str) -> None:
    assert THING.count(old) == 1
    things = THING.replace(old, new)
    if line is None:
        things = things.replace("kind: {$ref: '#/Kind'}", "kind: {$ref: '#/ThingRequest'}")

    with pytest.raises(ContractError) as caught:
        bundle(contract(tmp_path, things))

    assert message in str(caught.value)
    assert line is None or f"things.yaml:{line}: " in str(caught.value)


@pytest.mark.parametrize(("keyword", "holder", "side"), [("readOnly", "ThingCreate", "requests"), ("writeOnly", "Thing", "responses")])
def test_a_member_that_no_side_sends_is_refused(tmp_path: Path, keyword: str, holder: str, side: str) -> None:
    before, _, after = FILES[THINGS].partition(f"{holder}:\n")
    things = before + f"{holder}:\n" + after.replace("{type: ", f"{{{keyword}: true, type: ", 1)

    with pytest.raises(ContractError, match=f"only {side} have this schema"):
        bundle(written(tmp_path, schemas__things=things))
