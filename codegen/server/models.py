"""models.py: a Pydantic model for each schema, by datamodel-code-generator. Each option is there because of what happens without it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.source import ContractError

PACKAGE = "steelyard_contract"
# Scalars that come from templates/scalars.py: Pydantic's own take "5" for 5 and unix times for dates, and refuse 5.0.
SCALARS = ("StrictInt", "StrictFloat", "UUID", "AwareDatetime", "EmailStr", "AnyUrl")
OPTIONS = (
    *("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"),
    # The pinned preset and no timestamp: the same contract makes the same bytes.
    *("--preset", "standard-py311-20261027", "--target-pydantic-version", "2.14", "--disable-timestamp", "--formatters", "builtin"),
    "--use-missing-sentinel",  # absent and null stay apart: otherwise a patch cannot clear a member
    "--use-type-alias",  # otherwise items of arrays are root models, Tag(root="a")
    "--no-collapse-root-models",
    "--use-title-as-name",
    *("--use-schema-description", "--use-attribute-docstrings"),
    "--disable-future-imports",
    *("--strict-types", "int", "float", "bool"),  # otherwise "5" is 5 and true is 1
    *("--type-mappings", "password=string"),  # SecretStr has no limits and prints ten stars: a login that always fails
    *("--base-class", f"{PACKAGE}.base.Model"),
    *("--import-overrides", json.dumps(dict.fromkeys(SCALARS, f"{PACKAGE}.scalars"))),
)


def render(bundle: Path) -> str:
    """The module for a bundle that is already written."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "models.py"
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(bundle), "--output", str(output), *OPTIONS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not output.is_file():
            raise ContractError(f"datamodel-code-generator wrote no models: {done.stderr or done.stdout}")
        return output.read_text("utf-8")
