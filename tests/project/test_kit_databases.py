"""The kit's own PostgreSQL starts wherever its programs are installed."""

import os
import shutil
from pathlib import Path

import asyncpg
import pytest

from tests.kit.servers import postgresql


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user, which may have no access to the installation")
async def test_postgres_starts_from_an_environment_that_only_root_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tmp_path.stat().st_mode & 0o077 == 0, "pytest's folders are private"  # noqa: ASYNC240  # before anything runs
    programs = postgresql.installation()
    package = programs.parent.parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    monkeypatch.setattr(postgresql, "installation", lambda: tmp_path / package.name / programs.parent.name / programs.name)

    server = postgresql.Server()
    try:
        server.start()
        connection = await asyncpg.connect(server.url)
        try:
            assert await connection.fetchval("SELECT 1") == 1
        finally:
            await connection.close()
    finally:
        server.remove()
