"""tests/sdk/released/: the SDK of each release as a wheel, and a program that uses it; neither ever changes."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from codegen.compat import released
from codegen.compat.versions import parsed
from codegen.contract.yaml import ContractError

# Each release adds a wheel to every checkout.
MAX_BYTES = 150_000


def keep(client: Path, folder: Path, version: str, digest: str) -> Path:
    """Build the SDK and store it with a release; `digest` is that of the contract of the release."""
    if (folder / version).exists():
        raise ContractError(f"{folder / version} is there already, and a release never changes.")
    with tempfile.TemporaryDirectory() as temporary:
        built = build(client, Path(temporary))
        if (own := built.name.split("-")[1]) != version:
            raise ContractError(f"{client} has the version {own}, not {version}: write it into {client / 'pyproject.toml'}.")
        if digest not in zipfile.ZipFile(built).read("steelyard_client/client.py").decode():
            raise ContractError(f"{client} is not made from the contract {version}. Run `nox -s generate` first.")
        if (size := built.stat().st_size) > MAX_BYTES:
            raise ContractError(f"{built.name} has {size} bytes; the limit for each release in a checkout is {MAX_BYTES} bytes.")
        (folder / version).mkdir(parents=True)
        kept = Path(shutil.copy(built, folder / version))
    released.record(folder, kept)
    program = program_of(folder, version)
    if not program.exists() and (older := sorted(folder.glob("journey_*.py"), key=lambda file: parsed(_version(file)))):
        shutil.copy(older[-1], program)
    return kept


def build(client: Path, folder: Path) -> Path:
    """Build the wheel of a project; the same sources give the same bytes."""
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(client)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise ContractError(f"{client} cannot be built: {done.stdout}{done.stderr}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def program_of(folder: Path, version: str) -> Path:
    """The path of the program that uses the SDK of a release."""
    return folder / f"journey_{version.replace('.', '_')}.py"


def _version(program: Path) -> str:
    return program.stem.removeprefix("journey_").replace("_", ".")
