"""The SDK has the names, types and checks of the contract, and no part is dropped silently."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegen.client import package, reference
from codegen.client.docstrings import bounds
from codegen.client.generator_input import generator_input
from codegen.client.names import attribute, method_name
from codegen.client.package import TemplateContext
from codegen.client.types import Types
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.names import enum_member
from codegen.contract.yaml import ContractError
from codegen.generate import differences, generate
from tests.kit.codegen.contracts import written
from tests.kit.project import ROOT


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return Document(bundle(written(tmp_path / "openapi")))


def holding(schema: dict[str, Any], **more: Any) -> Document:
    components = {"schemas": {"Thing": schema, **more}}
    return Document({"openapi": "3.1.1", "info": {"title": "Scales", "version": "1.0.0"}, "paths": {}, "components": components})


@pytest.mark.parametrize(
    ("operation_id", "tag", "name"),
    [
        ("createOrder", "orders", "create"),
        ("listItems", "items", "list"),
        ("getCurrentUser", "users", "get_current"),
        ("setUserAccess", "users", "set_access"),
        ("createAddress", "users", "create_address"),
        ("recordStockMovement", "items", "record_stock_movement"),
        ("importItems", "items", "import_items"),
        ("createApiKey", "auth", "create_api_key"),
        ("getRoot", "system", "get_root"),
        ("listWebhookEndpoints", "integrations", "list_webhook_endpoints"),
    ],
)
def test_a_method_is_named_by_its_operation_without_the_tag(operation_id: str, tag: str, name: str) -> None:
    assert method_name(operation_id, tag) == name


@pytest.mark.parametrize(
    ("value", "name"), [("pending", "PENDING"), ("-price", "PRICE_DESCENDING"), ("orders:read", "ORDERS_READ"), ("7", "VALUE_7")]
)
def test_a_value_of_an_enumeration_has_a_name(value: str, name: str) -> None:
    assert enum_member(value) == name


def test_a_member_does_not_hide_a_name_that_its_class_needs() -> None:
    assert [attribute(name) for name in ("list", "class", "If-Match", "type")] == ["list_", "class_", "if_match", "type"]


@pytest.mark.parametrize(
    ("schema", "read", "accepted"),
    [
        ({"$ref": "#/components/schemas/Thing"}, "Thing", "Thing | ThingDict"),
        ({"$ref": "#/components/schemas/Kind"}, "Kind", "Kind | Literal['a', 'b']"),
        ({"const": "x"}, "Literal['x']", "Literal['x']"),
        ({"type": ["integer", "null"]}, "int | None", "int | None"),
        ({"type": ["string", "integer"]}, "str | int", "str | int"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "list[Thing]", "Sequence[Thing | ThingDict]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]", "Mapping[str, int]"),
        ({"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "datetime.datetime | None", "datetime.datetime | None"),
        ({"type": "string", "format": "uuid"}, "UUID", "UUID"),
    ],
)
def test_a_value_is_typed_as_it_is_read_and_as_it_may_be_given(schema: dict[str, Any], read: str, accepted: str) -> None:
    kinds = Types(holding({"type": "object", "properties": {}}, Kind={"type": "string", "enum": ["a", "b"]}))

    assert (kinds.of(schema).read, kinds.of(schema).accepted) == (read, accepted)


def test_bounds_become_text() -> None:
    document = holding({"type": "object", "properties": {}})

    assert bounds(document, {"type": "string", "minLength": 1, "maxLength": 200}) == "1 to 200 characters"
    assert bounds(document, {"type": "integer", "minimum": 1, "maximum": 9007199254740991}) == "1 or more"
    assert bounds(document, {"type": "integer", "minimum": 0, "default": 20}) == "0 or more; 20 if left out"
    assert bounds(document, {"type": "array", "maxItems": 5, "uniqueItems": True}) == "up to 5 entries; unique"


def test_an_unknown_keyword_stops_generation() -> None:
    with pytest.raises(ContractError, match="'contains'"):
        generator_input(holding({"type": "array", "contains": {}}).root)


def test_parts_of_allof_are_merged_and_a_constant_does_not_replace_a_type() -> None:
    base = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}, "type": {"type": "string"}}}
    refined = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"title": {"const": "x"}, "type": {"const": "y"}}}]}
    made = generator_input(holding(refined, Base=base).root)["components"]["schemas"]["Thing"]

    assert made["properties"] == {"title": {"type": "string"}, "type": {"const": "y"}}
    assert made["required"] == ["title"]


def test_a_part_that_the_generator_would_skip_stops_generation(tmp_path: Path) -> None:
    document = Document(bundle(written(tmp_path / "openapi")))
    document.root["paths"]["/things"]["post"]["requestBody"]["content"] = {"application/xml": {"schema": {"type": "string"}}}

    with pytest.raises(ContractError, match="skips parts of the contract"):
        package.write_package(document, tmp_path / "made")


def test_two_methods_with_one_name_are_rejected(document: Document) -> None:
    document.root["paths"]["/things"]["get"] = {**document.root["paths"]["/things/{thing_id}"]["get"], "operationId": "getThings"}

    with pytest.raises(ContractError, match=r"both getThings and getThing|both getThing and getThings"):
        TemplateContext(document)


def test_a_tag_and_a_schema_with_one_name_are_rejected(document: Document, tmp_path: Path) -> None:
    document.root["components"]["schemas"]["Things"] = document.root["components"]["schemas"]["Thing"]

    with pytest.raises(ContractError, match="Things: the methods of a tag and a schema"):
        package.write_package(document, tmp_path / "made")


def test_an_object_may_contain_itself() -> None:
    member = {"$ref": "#/components/schemas/Thing"}
    context = TemplateContext(holding({"type": "object", "required": [], "properties": {"inner": member}}))

    assert [each.read for each in context.models.members("Thing")] == ["Thing | Unset"]


def test_the_reference_names_every_method_and_every_problem(document: Document) -> None:
    page = reference.text(TemplateContext(document))

    assert "### things.create" in page
    assert "client.things.get(\n    thing_id: int,\n) -> Thing" in page
    assert "| TooHeavy | 409 | `/problems/too-heavy` | `most: int` |" in page


def test_the_committed_reference_is_compared(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    root = written(tmp_path / "openapi")
    generate(root, tmp_path / "generated")

    (tmp_path / "docs" / "sdk.md").write_text("other")

    assert differences(root, tmp_path / "generated") == ["docs/sdk.md differs"]


def test_a_member_that_is_renamed_changes_the_models_and_fails_the_samples_before_any_test_runs(tmp_path: Path) -> None:
    contract = tmp_path / "openapi"
    shutil.copytree(ROOT / "openapi", contract)
    schemas = contract / "schemas" / "orders.yaml"
    text = schemas.read_text("utf-8")
    renamed = text.replace("    shipping_address:", "    ship_to:").replace("    - shipping_address\n", "    - ship_to\n")
    assert renamed != text
    schemas.write_text(renamed, "utf-8")

    generate(contract / "openapi.yaml", tmp_path / "generated")
    config = tmp_path / "mypy.ini"
    paths = f"{ROOT / 'client'}:{tmp_path / 'generated' / 'client'}"
    config.write_text(f"[mypy]\nstrict = true\nmypy_path = {paths}\nexplicit_package_bases = true\n")
    sample = ROOT / "tests" / "types" / "python" / "good.py"
    settings = ("--config-file", str(config), "--cache-dir", str(tmp_path / "cache"), "--follow-imports", "silent")
    checked = subprocess.run([sys.executable, "-m", "mypy", *settings, sample], capture_output=True, text=True, check=False, cwd=tmp_path)

    model = Path("client") / "steelyard_client" / "models" / "orders.py"
    assert (tmp_path / "generated" / model).read_bytes() != (ROOT / "generated" / model).read_bytes()
    assert '"Order" has no attribute "shipping_address"' in checked.stdout
    assert checked.returncode == 1
