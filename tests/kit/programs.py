"""Programs that read the files of deploy/, from wheels of the test environment or from packages of the system."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# What to install for each program that no wheel brings.
PACKAGES = {"buildah": "buildah", "mmdebstrap": "mmdebstrap", "openssl": "openssl", "curl": "curl", "unshare": "util-linux"}
# Where Debian installs programs for administrators, which not every PATH names.
FOLDERS = (str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin", "/sbin")


def missing_packages() -> list[str]:
    """The packages of the programs that no wheel brings and this machine does not have."""
    return sorted(package for name, package in PACKAGES.items() if shutil.which(name, path=os.pathsep.join(FOLDERS)) is None)


def program(name: str) -> str:
    """The path of a program. Raises an error that names what to install."""
    path = shutil.which(name, path=os.pathsep.join(FOLDERS))
    if path is None:
        how = f"apt-get install {PACKAGES[name]}" if name in PACKAGES else "it comes with the lock file requirements/dev.txt"
        raise RuntimeError(f"the program {name} is missing: {how}")
    return path


def run(name: str, *arguments: str, within_s: float = 60, **options: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return what it printed, whatever its exit status."""
    return subprocess.run(
        [program(name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=within_s,
        cwd=options.get("cwd"),
    )
