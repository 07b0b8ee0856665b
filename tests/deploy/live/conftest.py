"""The image, built once, and databases that a container of it has migrated."""

import os
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit.project import ROOT
from tests.kit.servers.containers import container
from tests.kit.servers.images import Image, built
from tests.kit.servers.postgresql import Server, installation
from tests.kit.servers.proxies import HOST
from tests.kit.servers.running import SECRET

# Of the image.
USER = 10001


@dataclass(frozen=True)
class Site:
    """What every container of one deployment shares."""

    database_url: str
    secrets: Path
    settings: dict[str, str]


@pytest.fixture(scope="session")
def image() -> Image:
    return built()


@contextmanager
def created(server: Server, folder: Path) -> Iterator[str]:
    """The URL of the role and database that deploy/postgres/create-database.sh makes, with a name that only this test uses."""
    name = f"market_{secrets.token_hex(4)}"
    (folder / "password").write_text(secrets.token_urlsafe(32))
    script = (ROOT / "deploy" / "postgres" / "create-database.sh").read_text()
    script = script.replace("/run/secrets/steelyard_password", f"{folder}/password")
    script = script.replace("ROLE steelyard", f"ROLE {name}").replace("DATABASE steelyard OWNER steelyard", f"DATABASE {name} OWNER {name}")
    where = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "steelyard", "PATH": f"{installation()}:{os.environ['PATH']}"}
    environment = os.environ | where
    subprocess.run(["sh", "-c", script], env=environment, check=True, capture_output=True)
    try:
        yield f"postgresql://{name}:{(folder / 'password').read_text()}@127.0.0.1:{server.port}/{name}"
    finally:
        drop = ("-c", f"DROP DATABASE {name} WITH (FORCE)", "-c", f"DROP ROLE {name}")
        subprocess.run(["psql", "-d", "postgres", *drop], env=environment, check=True, capture_output=True)


@asynccontextmanager
async def migrated(image: Image, server: Server, folder: Path) -> AsyncIterator[Site]:
    """A migrated database without rows, and the secrets that lead there, which the user of the image alone can read."""
    kept = folder / "secrets"
    kept.mkdir()
    with created(server, folder) as url:
        values = {
            "STEELYARD_DATABASE_URL": url,
            "STEELYARD_SECRET_KEYS": SECRET.get_secret_value(),
            "STEELYARD_METRICS_TOKEN": secrets.token_urlsafe(32),
        }
        for name, value in values.items():
            (kept / name).write_text(value)
            (kept / name).chmod(0o400)
            shutil.chown(kept / name, USER, USER)
        settings = {"trusted_hosts": HOST, "trusted_proxies": "127.0.0.1", "mail": "file", "mail_folder": "/tmp/mail"}
        async with container(image, "migrate", secrets=kept, **settings) as migration:
            assert await migration.ended() == 0, migration.printed
        yield Site(url, kept, settings)


@pytest.fixture(scope="session")
async def site(image: Image, durable_server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """For tests that do not look at what is in the database."""
    async with migrated(image, durable_server, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
async def new_site(image: Image, durable_server: Server, tmp_path: Path) -> AsyncIterator[Site]:
    """With a database that only this test uses."""
    async with migrated(image, durable_server, tmp_path) as made:
        yield made
