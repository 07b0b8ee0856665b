"""What this machine lacks for `nox -s deploy`: `python -m tests.kit.servers.abilities` says it in one sentence, with the status 1."""

import os
import subprocess
import sys
from collections.abc import Mapping

from tests.kit.programs import missing_packages, program

_NAMESPACES = ("--mount", "--pid", "--ipc", "--uts", "--cgroup", "--net", "--fork")
# Tried in new namespaces, so that nothing of it stays, over a folder that every system has.
_TRIALS: Mapping[str, str] = {
    "new namespaces": "true",
    "mounts of tmpfs": "mount -t tmpfs tmpfs /mnt",
    "mounts of proc": "mount -t proc proc /mnt",
    "changes of control groups, version 2": "mount -t cgroup2 none /mnt && mkdir /mnt/steelyard-trial && rmdir /mnt/steelyard-trial",
}


def lacking() -> list[str]:
    """What is missing, with the words of the system. Empty on a machine on which the session can run."""
    if sys.platform != "linux":
        return ["Linux"]
    if packages := missing_packages():
        return [f"programs (apt-get install {' '.join(packages)})"]
    if os.geteuid() != 0:
        return ["the rights of root"]
    missing = []
    for what, script in _TRIALS.items():
        tried = subprocess.run([program("unshare"), *_NAMESPACES, "sh", "-c", script], capture_output=True, text=True, check=False)
        if tried.returncode:
            (*_, last) = tried.stderr.strip().splitlines() or ["no reason given"]
            missing.append(f"{what} ({last})")
    return missing


if __name__ == "__main__":
    if missing := lacking():
        sys.exit(f"The deployment cannot be tested on this machine, which lacks {', '.join(missing)}.")
