"""PgBouncer in front of a PostgreSQL server, if it is installed."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.kit.servers.children import free_port
from tests.kit.servers.postgresql import UNPRIVILEGED
from tests.kit.servers.waiting import until

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
CONNECTIONS = 3


@asynccontextmanager
async def pooled(url: str, mode: str, folder: Path) -> AsyncIterator[str]:
    """The URL of the database through PgBouncer, which rejects start-up parameters and keeps no prepared statements."""
    assert PROGRAM is not None
    server, port = make_url(url), free_port()
    lines = (
        "[databases]",
        f"* = host={server.host} port={server.port} user={server.username}",
        "[pgbouncer]",
        *("listen_addr = 127.0.0.1", f"listen_port = {port}", "unix_socket_dir =", "auth_type = any"),
        *(f"pool_mode = {mode}", f"default_pool_size = {CONNECTIONS}"),
    )
    # PgBouncer refuses to run as root. It gets an open file, because only the current user can read the folder of the test.
    user = {"user": UNPRIVILEGED, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    configuration = folder / "pgbouncer.ini"
    configuration.write_text("\n".join(lines))
    readable = os.open(configuration, os.O_RDONLY)
    process = subprocess.Popen(  # noqa: ASYNC220  # started once, and not waited for
        [PROGRAM, f"/dev/fd/{readable}"],
        pass_fds=[readable],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **user,  # type: ignore[call-overload]
    )
    os.close(readable)

    async def listens() -> bool:
        assert process.poll() is None, "PgBouncer did not start"
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    try:
        await until(listens)
        yield server.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        process.kill()
        process.wait()
