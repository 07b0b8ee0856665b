"""Containers of the image, by namespaces alone: as an engine runs them with a read-only root, no capabilities and a tmpfs at /tmp.

They share the network of this machine, so that tests reach them on loopback ports. There are no control groups, and so no limits.
"""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from tests.kit.programs import program
from tests.kit.servers.images import Image
from tests.kit.servers.processes import Process

# Run in new namespaces, with the arguments: root, folder of secrets, user, path of chroot, and the command.
ENTER = """
root=$1 secrets=$2 user=$3 chroot=$4; shift 4
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mkdir "$root/dev/shm" && mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run" && mkdir "$root/run/secrets"
mount --bind "$secrets" "$root/run/secrets" && mount -o remount,bind,ro "$root/run/secrets"
exec "$chroot" "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
"""


class Container(Process):
    """A running container. Its first process is the command, with the id 1 in its own namespace."""

    @property
    def first(self) -> psutil.Process:
        (only,) = psutil.Process(self.pid).children()
        return only

    def signal(self, number: signal.Signals) -> None:
        self.first.send_signal(number)

    def execute(self, *command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as the user of the image, as an engine runs a health check."""
        user = str(self.first.uids().real)
        enter = ("nsenter", "--target", str(self.first.pid), "--mount", "--pid", "--root", "--wd", "--setuid", user, "--setgid", user)
        return subprocess.run([program(enter[0]), *enter[1:], *command], env=dict(environment), capture_output=True, text=True, check=False)


@asynccontextmanager
async def container(
    image: Image, *arguments: str, secrets: Path, entrypoint: str | None = None, **settings: str
) -> AsyncIterator[Container]:
    """Run the image with arguments, or another program of it. Keywords are settings in lower case."""
    user = image.config["User"].split(":")[0]
    variables = {f"STEELYARD_{name.upper()}": value for name, value in settings.items()}
    entry = [entrypoint] if entrypoint else image.config["Entrypoint"]
    process = await asyncio.create_subprocess_exec(
        *(program("unshare"), "--mount", "--pid", "--ipc", "--uts", "--fork"),
        *("sh", "-euc", ENTER, "sh", str(image.root), str(secrets), user, program("chroot"), *entry, *(arguments or image.config["Cmd"])),
        env=image.environment | {"STEELYARD_SECRETS_DIR": "/run/secrets"} | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    running = Container(process)
    try:
        yield running
    finally:
        # Its first process, with which all others end. It got no signal when its parent ends: that is lost when a process changes its user.
        with suppress(psutil.NoSuchProcess):
            for each in psutil.Process(process.pid).children():
                each.kill()
        with suppress(ProcessLookupError):
            process.kill()
        await running.ended()
