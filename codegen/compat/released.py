"""openapi/released/: every released bundle, byte for byte, with its checksum."""

import hashlib
import json
from pathlib import Path

from codegen.compat.versions import parsed
from codegen.contract.yaml import ContractError

SUMS = "SHA256SUMS"


def newest(folder: Path) -> Path | None:
    """The file of the newest version; None before the first release."""
    files = sorted(folder.glob("*.json"), key=lambda file: parsed(file.stem))
    return files[-1] if files else None


def altered(folder: Path) -> list[str]:
    """One line for each released file that is missing, altered or not recorded."""
    sums, present = recorded(folder), {file.name: digest(file.read_bytes()) for file in sorted(folder.glob("*.json"))}
    lines = [f"{name} was released and is missing. Restore it." for name in sums if name not in present]
    lines += [
        f"{name} is no release: {SUMS} does not have it. `python -m codegen release` makes one." for name in present if name not in sums
    ]
    lines += [f"{name} differs from the release. Restore it." for name in present if name in sums and present[name] != sums[name]]
    return lines


def recorded(folder: Path) -> dict[str, str]:
    """The checksum of each released file, in the format of `sha256sum --check`."""
    file = folder / SUMS
    rows = file.read_text("utf-8").splitlines() if file.is_file() else []
    return {name: checksum for checksum, name in (row.split("  ", 1) for row in rows)}


def digest(content: bytes) -> str:
    """SHA-256; the ETag of /openapi.json and the Contract-Digest of every response are the same."""
    return hashlib.sha256(content).hexdigest()


def version_of(bundle: bytes) -> str:
    """The version of a bundle."""
    return str(json.loads(bundle)["info"]["version"])


def check_unreleased(bundle: bytes, folder: Path) -> None:
    """Raise ContractError if this version is already released."""
    version = version_of(bundle)
    if f"{version}.json" in recorded(folder):
        raise ContractError(f"{version} was released already, and a release never changes. Raise the version in openapi/openapi.yaml.")


def release(bundle: bytes, folder: Path) -> Path:
    """Store the bundle under its version."""
    check_unreleased(bundle, folder)
    file = folder / f"{version_of(bundle)}.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bundle)
    record(folder, file)
    return file


def record(folder: Path, file: Path) -> None:
    """Record the checksum of a file of the folder."""
    with (folder / SUMS).open("a", encoding="utf-8") as sums:
        sums.write(f"{digest(file.read_bytes())}  {file.relative_to(folder).as_posix()}\n")
