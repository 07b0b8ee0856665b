"""The image of deploy/Dockerfile, built on a Debian that is made here, and containers of it without a container engine.

Needs root, buildah, mmdebstrap and a mirror of Debian. Base and image are kept in .nox until what they are made from changes.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.kit.programs import program, run
from tests.kit.project import ROOT

SUITE = "trixie"
# As in the images of Python: an interpreter called python, with pip.
PACKAGES = ("python3", "ca-certificates")
BUILD_WITHIN_S = 500
KEPT = ROOT / ".nox" / "deploy"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
PIP_SETTINGS = "/etc/pip.conf"


@dataclass(frozen=True)
class Image:
    """A built image, and its files, which nothing may change."""

    root: Path
    inspected: dict[str, Any]

    @cached_property
    def config(self) -> dict[str, Any]:
        """Its configuration in the format of Docker: User, Entrypoint, Healthcheck and others."""
        configured: dict[str, Any] = self.inspected["Docker"]["config"]
        return configured

    @property
    def environment(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.config["Env"])


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """A second process waits, and finds what the first has made."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def in_memory(folder: Path) -> Iterator[None]:
    """What is in the folder until the block ends takes memory: building and apt wait for a disk after each file."""
    folder.mkdir(exist_ok=True)
    subprocess.run([program("mount"), "-t", "tmpfs", "-o", "mode=755,size=4g", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run([program("umount"), "-l", str(folder)], check=False)


def debian() -> Path:
    """A folder with Debian and Python, as the base of the image has them."""
    folder = KEPT / f"{SUITE}-{'-'.join(PACKAGES)}"
    with _one_at_a_time("debian"):
        if not folder.is_dir():
            _make_debian(folder)
    return folder


def _make_debian(folder: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(dir=KEPT))
    made = run(
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(unfinished / "root")),
        within_s=BUILD_WITHIN_S,
    )
    if made.returncode:
        shutil.rmtree(unfinished)
        raise RuntimeError(f"mmdebstrap made no Debian: {made.stderr[-2000:]}")
    # Of the machine that builds: its authorities, so that its package index is reached in the build.
    if Path(AUTHORITIES).is_file():
        shutil.copyfile(AUTHORITIES, unfinished / "root" / AUTHORITIES[1:])
    (unfinished / "root").rename(folder)
    unfinished.rmdir()


def _add_pip(root: Path) -> None:
    """Debian keeps pip apart and marks its Python as managed; the images of Python do neither."""
    (library,) = (root / "usr" / "lib").glob("python3.*")
    (library / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    spec = find_spec("pip")
    assert spec is not None
    assert spec.origin is not None
    packages = Path(spec.origin).parents[1]
    target = root / "usr" / "local" / "lib" / library.name / "dist-packages"
    for source in (packages / "pip", *packages.glob("pip-*.dist-info")):
        shutil.copytree(source, target / source.name)
    (root / "usr" / "local" / "bin" / "python").symlink_to("/usr/bin/python3")


def built() -> Image:
    """The image of this checkout. It is built again when one of its files has changed."""
    folder = KEPT / f"image-{_digest()}"
    with _one_at_a_time("image"):
        if not folder.is_dir():
            for old in KEPT.glob("image-*"):
                shutil.rmtree(old)
            _build_in_a_new_folder(folder)
    return Image(folder / "root", json.loads((folder / "inspected.json").read_text()))


def _build_in_a_new_folder(folder: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(dir=KEPT, prefix="building-"))
    try:
        with in_memory(unfinished / "store"):
            _build(unfinished)
        (unfinished / "store").rmdir()
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _digest() -> str:
    """Of all that the image is made from."""
    digest = hashlib.sha256()
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in (ROOT / name for name in [*allowed, "deploy/Dockerfile", "tests/kit/servers/images.py"]):
        for path in [source] if source.is_file() else sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _build(folder: Path) -> None:
    """Build it with buildah, and leave its files in `root` and its configuration in `inspected.json`."""
    options = ("--root", f"{folder}/store/root", "--runroot", f"{folder}/store/run", "--storage-driver", "vfs")
    (folder / "store" / "temporary").mkdir()

    def buildah(*arguments: str) -> str:
        result = run("env", f"TMPDIR={folder}/store/temporary", "buildah", *options, *arguments, within_s=BUILD_WITHIN_S)
        assert result.returncode == 0, (result.stdout + result.stderr)[-5000:]
        return result.stdout.strip()

    def copy(source: Path, target: Path) -> None:
        subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)

    base = buildah("from", "scratch")
    root = Path(buildah("mount", base))
    copy(debian(), root)
    _add_pip(root)
    buildah("commit", "--rm", "--format", "docker", base, "localhost/base")
    mounts = [f"{path}:{path}:ro" for path in (AUTHORITIES, PIP_SETTINGS) if Path(path).is_file()]
    buildah(
        *("bud", "--isolation", "chroot", "--format", "docker", "--build-arg", "BASE=localhost/base", "-f", "deploy/Dockerfile"),
        *(part for mount in mounts for part in ("--volume", mount)),
        *("-t", "localhost/steelyard", str(ROOT)),
    )
    (folder / "inspected.json").write_text(buildah("inspect", "--type", "image", "localhost/steelyard"))
    container = buildah("from", "--pull-never", "localhost/steelyard")
    (folder / "root").mkdir()
    copy(Path(buildah("mount", container)), folder / "root")
    buildah("umount", container)
    (folder / "root").chmod(0o755)
