"""models.py: a Pydantic model for each schema, by datamodel-code-generator. Each option is there because of what happens without it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.contract.document import Document
from codegen.contract.yaml import ContractError

PACKAGE = "steelyard_contract"
# Scalars of templates/scalars.py: Pydantic's own accept "5" as 5 and Unix times as dates, and reject 5.0.
SCALARS = ("StrictInt", "StrictFloat", "UUID", "AwareDatetime", "EmailStr", "AnyUrl")
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
UNUSED = ("examples", "deprecated")


def render(document: Document) -> str:
    """The module."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "openapi.json", Path(folder) / "models.py"
        source.write_text(json.dumps(schemas_of(document)), "utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(source), "--output", str(output), *OPTIONS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not output.is_file():
            raise ContractError(f"datamodel-code-generator wrote no models: {done.stderr or done.stdout}")
        return output.read_text("utf-8")


def schemas_of(document: Document) -> dict[str, Any]:
    """The schemas alone. The base class closes them, so `additionalProperties: false` is left out."""
    schemas = {name: _bare(schema) for name, schema in document.components("schemas").items()}
    return {"openapi": document.root["openapi"], "info": document.root["info"], "paths": {}, "components": {"schemas": schemas}}


def _bare(node: Any) -> Any:
    """A schema without the keywords that models do not need."""
    if isinstance(node, list):
        return [_bare(child) for child in node]
    if not isinstance(node, Mapping):
        return node
    kept: dict[str, Any] = {}
    for key, held in node.items():
        if key == "properties":
            kept[key] = {name: _bare(child) for name, child in held.items()}
        elif key == "description":
            kept[key] = held.strip()
        elif key not in UNUSED and not key.startswith("x-") and (key, held) != ("additionalProperties", False):
            kept[key] = _bare(held)
    return kept
