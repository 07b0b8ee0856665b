"""models.py: a Pydantic model for each schema, by datamodel-code-generator. Each option is there because of what happens without it."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from codegen.contract.document import Document
from codegen.contract.keywords import TEXT
from codegen.contract.media import is_binary
from codegen.contract.names import OF_ENUMS, attributes, enum_members, schema_class
from codegen.contract.schemas import is_any, is_enumeration
from codegen.contract.yaml import ContractError

PACKAGE = "steelyard_contract"
# Scalars of templates/scalars.py: Pydantic's own accept "5" as 5 and Unix times as dates, and reject 5.0.
SCALARS = ("StrictInt", "StrictFloat", "UUID", "AwareDatetime", "EmailStr", "AnyUrl", "Base64Str", "date")
OPTIONS = (
    *("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"),
    # The pinned preset and no timestamp: the same contract makes the same bytes.
    *("--preset", "standard-py311-20261027", "--target-pydantic-version", "2.14", "--disable-timestamp", "--formatters", "builtin"),
    "--use-missing-sentinel",  # absent and null stay apart: otherwise a patch cannot clear a member
    "--use-type-alias",  # otherwise items of arrays are root models, Tag(root="a")
    "--no-collapse-root-models",
    "--use-title-as-name",
    *("--strict-types", "int", "float", "bool"),  # otherwise "5" is 5 and true is 1
    *("--type-mappings", "password=string"),  # SecretStr has no limits and prints ten stars: a login that always fails
    *("--base-class", f"{PACKAGE}.base.Model", "--no-allow-population-by-field-name"),
    *("--import-overrides", json.dumps(dict.fromkeys(SCALARS, f"{PACKAGE}.scalars") | {"StrEnum": f"{PACKAGE}.base"})),
    *("--special-field-name-prefix", "descending"),  # the member of a sort order that begins with a minus
    # Descriptions as docstrings, which editors show; as arguments of Field they would hide the types.
    *("--use-schema-description", "--use-field-description", "--use-inline-field-description", "--use-single-line-docstring"),
    "--disable-future-imports",
)
# Examples would bloat the models, and a deprecated member would warn the server at each use.
UNUSED = ("examples", "deprecated", "multipleOf")
# Formats that stay texts, which the document checks: Python has neither the month of a duration nor the leap second of a time. Files are no
# values of models.
TEXT_FORMATS = ("time", "duration", "binary")
# Attributes of every model, which a member would hide; of its metaclass, too.
OF_MODELS = {*dir(BaseModel), *dir(type(BaseModel))}
# Types in the annotations of other members, for which checkers would take the member.
OF_ANNOTATIONS = {"bool", "bytes", "date", "dict", "float", "int", "list", "str"}
# A list of values that are not all texts.
LITERAL = re.compile(r"""Literal\[["']values_([0-9a-f]+)["']\]""")
# Values that make names of enumerations by themselves; a minus in front is a descending order.
PLAIN_VALUE = re.compile(r"-?[A-Za-z][A-Za-z0-9]*([ _.:/+-][A-Za-z0-9]+)*")


def render(document: Document) -> str:
    """The module."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "openapi.json", Path(folder) / "models.py"
        source.write_text(json.dumps(schemas_of(document)), "utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(source), "--output", str(output), *OPTIONS]
        if renamed := aliases(document):
            command += ["--aliases", json.dumps(renamed)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not output.is_file():
            raise ContractError(f"datamodel-code-generator wrote no models: {done.stderr or done.stdout}")
        return LITERAL.sub(_literal, output.read_text("utf-8"))


def _literal(match: re.Match[str]) -> str:
    """The values that `_bare` has written as one text."""
    return f"Literal[{', '.join(map(repr, json.loads(bytes.fromhex(match[1]))))}]"


def schemas_of(document: Document) -> dict[str, Any]:
    """The schemas alone. The base class closes them, so `additionalProperties: false` is left out."""
    schemas = {schema_class(name): _bare(schema) for name, schema in document.components("schemas").items()}
    return {"openapi": document.root["openapi"], "info": document.root["info"], "paths": {}, "components": {"schemas": schemas}}


def members(names: Iterable[str]) -> dict[str, str]:
    """The members of an object as attributes of its model."""
    return attributes(names, suffixed={*OF_MODELS, *OF_ANNOTATIONS})


def aliases(document: Document) -> dict[str, str]:
    """`Class.member` -> attribute, for each member whose attribute has another name."""
    return {
        f"{schema_class(name)}.{member}": attribute
        for name, schema in document.components("schemas").items()
        for part in (schema, *schema.get("allOf", ()))
        for member, attribute in members(part.get("properties", ())).items()
        if attribute != member
    }


def _enumeration(values: list[Any]) -> dict[str, Any]:
    """Names for the values, where the generator's would clash or mean something else."""
    texts = [value for value in values if isinstance(value, str)]
    named = enum_members(texts)
    folded = {re.sub(r"[^a-z0-9-]", "_", value.lower()) for value in texts}
    if len(folded) == len(texts) == len(values) and all(PLAIN_VALUE.fullmatch(value) and value not in OF_ENUMS for value in texts):
        return {}
    return {"x-enum-varnames": list(attributes((member.lower() for member in named.values()), suffixed={*OF_ENUMS, *dir(str)}).values())}


def _bare(node: Any) -> Any:
    """A schema without the keywords that models do not need."""
    if isinstance(node, list):
        return [_bare(child) for child in node]
    if not isinstance(node, Mapping):
        return node
    if is_any(node):
        node = {key: held for key, held in node.items() if key != "type"}
    if is_binary(node):
        return {"type": "string", "customTypePath": f"{PACKAGE}.uploads.Upload", "description": node.get("description", "")}
    if "enum" in node and not is_enumeration(node):
        # The generator would make a class, whose names mean nothing and for which 1 and true are one value: it gets one text instead.
        values = json.dumps(node["enum"]).encode().hex()
        node = {key: held for key, held in node.items() if key not in ("enum", "type")} | {"const": f"values_{values}"}
    # The document checks the text of base64; the model holds bytes.
    is_bytes = node.get("format") == "byte"
    kept: dict[str, Any] = {}
    for key, held in node.items():
        if is_bytes and key in TEXT:
            continue
        if key in WITHIN:
            kept |= WITHIN[key](held)
        elif key not in UNUSED and not key.startswith("x-") and (key, held) != ("additionalProperties", False):
            kept[key] = _bare(held)
    return kept


def _class_of(ref: str) -> str:
    return f"#/components/schemas/{schema_class(ref.rpartition('/')[2])}"


# Keyword -> what the generator gets for its value; other values are schemas or plain.
WITHIN: dict[str, Callable[[Any], dict[str, Any]]] = {
    "properties": lambda held: {"properties": {name: _bare(child) for name, child in held.items()}},
    "description": lambda held: {"description": held.strip()},
    "$ref": lambda held: {"$ref": _class_of(held)},
    "mapping": lambda held: {"mapping": {kind: _class_of(ref) for kind, ref in held.items()}},
    "enum": lambda held: {"enum": held, **_enumeration(held)},
    "format": lambda held: {} if held in TEXT_FORMATS else {"format": held},
    "const": lambda held: {"const": held},
    "default": lambda held: {"default": held},
}
