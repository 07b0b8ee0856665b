"""A Debian that boots: systemd as the first process of new namespaces, with a separate network, which has no way out.

Needs root. Commands run in it as on a real machine; those that install packages may use the network of this machine.
"""

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.kit.programs import program
from tests.kit.project import ROOT
from tests.kit.servers.images import AUTHORITIES, PIP_SETTINGS, debian, in_memory
from tests.kit.servers.waiting import until

# What every installed Debian has, and a base image leaves out.
SYSTEM = ("systemd", "systemd-sysv", "dbus")
BOOTED_WITHIN_S = 240
CLONE = "/root/steelyard"

# Run in a new mount namespace, with the argument: the root of the machine.
BOOT = """
mount --make-rprivate /
cd "$1"
mkdir -p /run/steelyard-cgroup && mount -t tmpfs tmpfs /run/steelyard-cgroup && mkdir /run/steelyard-cgroup/v2
mount -t cgroup2 none /run/steelyard-cgroup/v2 && mkdir -p "/run/steelyard-cgroup/v2/steelyard-$$"
echo $$ > "/run/steelyard-cgroup/v2/steelyard-$$/cgroup.procs"
exec unshare --cgroup --pid --uts --ipc --net --fork --kill-child sh -euc '
cd "$1"
mount -t proc proc proc && mount -t sysfs -o ro sysfs sys && mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run && mount -t tmpfs -o mode=1777 tmpfs tmp && mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mount -t tmpfs -o mode=1777 tmpfs dev/shm && mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx && ln -s /proc/self/fd dev/fd
pivot_root . mnt && umount -l mnt
# Credentials of services are mounted in one namespace and seen in others.
mount --make-rshared /
exec env -i container=steelyard PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
' sh "$1"
"""


@dataclass(frozen=True)
class Machine:
    """A booted machine."""

    first: psutil.Process

    async def shell(self, script: str, *, typed: str = "", reaches_out: bool = False) -> tuple[int, str]:
        """Run a script with bash in the folder of the clone, and return its status and what it printed."""
        namespaces = ("--mount", "--pid", "--uts", "--ipc", "--cgroup", *(() if reaches_out else ("--net",)))
        process = await asyncio.create_subprocess_exec(
            *(program("nsenter"), "--target", str(self.first.pid), *namespaces, "--root"),
            *("env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"),
            *("bash", "-c", f"cd {CLONE}\n{script}"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate(typed.encode())
        assert process.returncode is not None
        return process.returncode, printed.decode()


def _install_the_system(root: Path) -> None:
    for path in ("/etc/resolv.conf", AUTHORITIES, PIP_SETTINGS):
        if Path(path).is_file():
            shutil.copyfile(path, root / path[1:])
    script = f"apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {' '.join(SYSTEM)}"
    subprocess.run([program("chroot"), str(root), "sh", "-c", script], check=True, capture_output=True)


def _clone(root: Path) -> None:
    """The files of this checkout, without what git ignores."""
    listed = subprocess.check_output(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (root / CLONE[1:] / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / CLONE[1:] / name)


@contextmanager
def installed() -> Iterator[Path]:
    """The files of a new machine: a copy of the base of the image, and what every installed Debian has. They take 1 GB of memory."""
    base = debian()
    root = Path(tempfile.mkdtemp(prefix="steelyard-machine-"))
    try:
        with in_memory(root):
            subprocess.run(["cp", "-a", f"{base}/.", str(root)], check=True)
            _install_the_system(root)
            _clone(root)
            yield root
    finally:
        root.rmdir()


@asynccontextmanager
async def machine() -> AsyncIterator[Machine]:
    """A new machine with a clone of this repository. Everything on it is gone at the end."""
    with installed() as root:
        process = await asyncio.create_subprocess_exec(
            *(program("unshare"), "--mount", "sh", "-euc", BOOT, "sh", str(root)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            first = await until(lambda: _first_of(process), BOOTED_WITHIN_S)
            booted = Machine(first)
            await until(lambda: _has_booted(booted), BOOTED_WITHIN_S)
            yield booted
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()


async def _first_of(process: asyncio.subprocess.Process) -> psutil.Process | None:
    """Its child that is systemd. Before that, the script of BOOT has short-lived children."""
    if process.returncode is not None:
        assert process.stderr is not None
        raise RuntimeError(f"the machine does not boot: {(await process.stderr.read()).decode()}")
    for each in psutil.Process(process.pid).children():
        with suppress(psutil.Error):
            if each.cmdline()[:1] == ["/sbin/init"]:
                return each
    return None


async def _has_booted(booted: Machine) -> bool:
    _, printed = await booted.shell("systemctl is-system-running")
    return printed.strip() in {"running", "degraded"}
