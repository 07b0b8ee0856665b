"""Programs for the newest released SDKs work with the current server: all operations, from the released wheels."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from starlette.types import Scope, Send

from codegen.compat import released, wheels
from codegen.compat.versions import parsed
from codegen.contract.yaml import ContractError
from steelyard.contract import operation
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.http.sending import send_response
from steelyard.db.database import Database
from tests.kit.codegen.small_sdk import sdk
from tests.kit.contract.checker import CONTRACT
from tests.kit.project import ROOT
from tests.kit.servers.databases import Databases
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.world import User, World

WHEELS = ROOT / "tests" / "sdk" / "released"
CONTRACTS = ROOT / "openapi" / "released"
VERSIONS = sorted((file.parent.name for file in WHEELS.glob("*/*.whl")), key=parsed)


def wheel_of(version: str) -> Path:
    (wheel,) = (WHEELS / version).glob("*.whl")
    return wheel


MAJOR = parsed(CONTRACT.tree["info"]["version"])[0]


@pytest.fixture(params=[version for version in VERSIONS[-2:] if parsed(version)[0] == MAJOR])
def version(request: pytest.FixtureRequest) -> str:
    """The last two: users who update with every release have one of them. A major version may break older programs."""
    version: str = request.param
    return version


@pytest.fixture
async def opened(databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    async with databases.of_the_product("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
async def admin(opened: Database) -> User:
    return await World(opened, Clock(), settings_for(opened.url)).user("admin")


@pytest.fixture
def url(opened: Database) -> Iterator[str]:
    clock = Clock()
    with live(settings_for(opened.url), clock, repeatable(clock)) as server:
        yield server.url


async def journey(version: str, url: str, admin: User, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program of the release, in a process that can only import the SDK of the wheel."""
    with zipfile.ZipFile(wheel_of(version)) as wheel:
        wheel.extractall(folder / "sdk")
    command = [sys.executable, "-P", str(wheels.program_of(WHEELS, version)), url, admin.email, admin.password]
    environment = {**os.environ, "PYTHONPATH": str(folder / "sdk")}
    return await to_thread.run_sync(lambda: subprocess.run(command, capture_output=True, text=True, check=False, env=environment))


async def test_each_of_its_operations_works(version: str, url: str, admin: User, tmp_path: Path) -> None:
    done = await journey(version, url, admin, tmp_path)

    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert Path(result["file"]).is_relative_to(tmp_path / "sdk")
    assert result["version"] == version
    assert result["left_out"] == []
    contract = json.loads((CONTRACTS / f"{version}.json").read_bytes())
    assert result["sent"] == sorted(
        node["operationId"] for item in contract["paths"].values() for node in item.values() if "operationId" in node
    )


async def test_a_server_that_breaks_the_contract_fails_the_program(
    version: str, url: str, admin: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def renamed(response: RawResponse, scope: Scope, send: Send) -> None:
        await send_response(RawResponse(response.status, response.headers, response.body.replace(b'"available":', b'"free":')), scope, send)

    monkeypatch.setattr(operation, "send_response", renamed)

    done = await journey(version, url, admin, tmp_path)

    assert done.returncode == 1
    assert "available" in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wheel_was_made_from_the_contract_of_its_version(version: str) -> None:
    with zipfile.ZipFile(wheel_of(version)) as wheel:
        client = wheel.read("steelyard_client/client.py").decode()

    assert released.recorded(CONTRACTS)[f"{version}.json"] in client


def test_released_wheels_are_unchanged_and_small() -> None:
    kept = {wheel.relative_to(WHEELS).as_posix(): wheel for wheel in WHEELS.glob("*/*.whl")}

    assert released.recorded(WHEELS) == {name: released.digest(wheel.read_bytes()) for name, wheel in kept.items()}
    assert [name for name, wheel in kept.items() if wheel.stat().st_size > wheels.MAX_BYTES] == []


def test_each_released_contract_has_its_wheel_and_its_program() -> None:
    contracts = [file.stem for file in CONTRACTS.glob("*.json")]

    assert sorted(contracts, key=parsed) == VERSIONS
    assert set(WHEELS.glob("journey_*.py")) == {wheels.program_of(WHEELS, version) for version in VERSIONS}


# -- storing a wheel ---------------------------------------------------------------------------------------------------------
DIGEST = "5ee1" * 16


@pytest.fixture
def client(tmp_path: Path) -> Path:
    return sdk(tmp_path / "client", "1.1.0", DIGEST)


def test_a_wheel_is_stored_with_its_checksum_and_the_newest_program(client: Path, tmp_path: Path) -> None:
    folder = tmp_path / "released"
    folder.mkdir()
    for version, text in (("1.9.0", "older"), ("1.10.0", "newer")):
        wheels.program_of(folder, version).write_text(text, "utf-8")

    kept = wheels.keep(client, folder, "1.1.0", DIGEST)

    assert released.recorded(folder) == {"1.1.0/steelyard_client-1.1.0-py3-none-any.whl": released.digest(kept.read_bytes())}
    assert wheels.program_of(folder, "1.1.0").read_text("utf-8") == "newer"
    with pytest.raises(ContractError, match="is there already"):
        wheels.keep(client, folder, "1.1.0", DIGEST)


def test_the_same_sources_make_the_same_wheel(client: Path, tmp_path: Path) -> None:
    first = wheels.build(client, tmp_path / "first").read_bytes()
    (client / "steelyard_client" / "client.py").touch()

    assert wheels.build(client, tmp_path / "second").read_bytes() == first


@pytest.mark.parametrize(
    ("version", "digest", "max_bytes", "complaint"),
    [
        ("1.2.0", DIGEST, 150_000, "has the version 1.1.0, not 1.2.0"),
        ("1.1.0", "0" * 64, 150_000, "is not made from the contract 1.1.0"),
        ("1.1.0", DIGEST, 500, "the limit for each release in a checkout is 500 bytes"),
    ],
)
def test_a_wheel_that_does_not_fit_the_release_is_not_stored(
    client: Path, tmp_path: Path, version: str, digest: str, max_bytes: int, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "MAX_BYTES", max_bytes)

    with pytest.raises(ContractError, match=complaint):
        wheels.keep(client, tmp_path / "released", version, digest)

    assert not (tmp_path / "released").exists()


def test_a_project_that_cannot_be_built_raises_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n", "utf-8")

    with pytest.raises(ContractError, match="cannot be built"):
        wheels.build(tmp_path, tmp_path / "made")
