"""The distribution as its users get it: a small wheel, two packages, typed, in an empty environment, and live when it is editable."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from steelyard_contract.operations import OPERATIONS
from tests.sdk.kit import ANSWERS, ROOT
from tests.sdk.loopback import TokenDesk, loopback

CLIENT = ROOT / "client"
LOOK = "import steelyard_client as s; s.Steelyard, s.AsyncSteelyard, s.errors.ItemNotFound, s.models.Item; print(s.__file__)"

# Under a changed HTTP library: a login, a renewal, an answer, and an error that is caught.
LOG_IN = """
import sys
from steelyard_client import AsyncSteelyard, Retries, Steelyard, errors
client = Steelyard(sys.argv[1], username="ann@example.com", password="right")
user = client.users.get_current()
print(type(client.http).__module__.split(".")[0], "httpx" not in sys.modules)
try:
    Steelyard("http://127.0.0.1:1", retries=Retries(attempts=1)).system.get_root()
except errors.SteelyardError as error:
    print(type(error).__name__)
print(user.id)
"""

pytestmark = pytest.mark.slow


def run(*command: object, folder: Path, **environment: str) -> str:
    words, names = [str(word) for word in command], {**os.environ, **environment}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder, env=names)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(folder: Path, *install: object) -> Path:
    """An environment with nothing but this; its python."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip(python, "install", "-q", *install)
    return python


def pip(python: Path, *command: object) -> str:
    """What pip, ours, does for another environment."""
    return run(sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", *command, folder=python.parent)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def wheel(room: Path) -> Path:
    """Built from the source tree, without a network."""
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", room / "wheels", CLIENT, folder=room)
    (made,) = (room / "wheels").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(room: Path, wheel: Path) -> Path:
    return environment(room / "plain", wheel)


def test_the_wheel_is_small_typed_and_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    version = wheel.name.split("-")[1]

    assert {name.split("/")[0] for name in names} == {"steelyard_client", "steelyard_runtime", f"steelyard_client-{version}.dist-info"}
    assert {"steelyard_client/py.typed", "steelyard_runtime/py.typed", "steelyard_client/examples.json"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("steelyard/")]
    # 100 KB, and 3 kB for each operation when there are many of them.
    assert wheel.stat().st_size < max(110 * 1024, 3000 * len(OPERATIONS)), wheel.stat().st_size


def test_an_empty_environment_gets_seven_packages_beside_it_and_no_server(python: Path, room: Path) -> None:
    listed = json.loads(pip(python, "list", "--format", "json"))
    names = {one["name"] for one in listed}

    assert names == {"steelyard-client", "httpx", "httpcore", "h11", "anyio", "certifi", "idna", "typing_extensions"}
    assert "site-packages" in run(python, "-c", LOOK, folder=room)


def test_every_public_name_of_the_installed_package_is_typed(python: Path, room: Path) -> None:
    # pyright looks at the first Python on PATH here; named by --pythonpath, it finds nothing and calls that 0 %.
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    verify = ("--verifytypes", "steelyard_client", "--ignoreexternal", "--outputjson")
    command = [sys.executable, "-m", "pyright", *verify]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=room, env=environment)
    told = json.loads(done.stdout)["typeCompleteness"]

    assert told["completenessScore"] == 1.0, [one for one in told["symbols"] if not one["isTypeKnown"]][:5]
    assert told["exportedSymbolCounts"]["withKnownType"] > 500


def test_a_source_archive_builds_the_same_wheel(room: Path, wheel: Path) -> None:
    build = "from hatchling.build import build_sdist, build_wheel; import sys; print(globals()[sys.argv[1]](sys.argv[2]))"
    archive = room / "sdist" / run(sys.executable, "-c", build, "build_sdist", room / "sdist", folder=CLIENT).strip().splitlines()[-1]
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", room / "again", archive, folder=room)
    (again,) = (room / "again").glob("*.whl")

    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def other(room: Path) -> Path:
    """The python of an environment where the folder itself was installed."""
    return environment(room / "other", CLIENT)


def test_the_folder_can_be_installed_as_it_is_or_live(other: Path, room: Path) -> None:
    copied = Path(run(other, "-c", LOOK, folder=room).strip())

    pip(other, "install", "-q", "-e", f"{CLIENT}[httpx2]")
    live = Path(run(other, "-c", LOOK, folder=room).strip())

    assert copied.is_relative_to(room / "other")
    assert live == ROOT / "generated" / "client" / "steelyard_client" / "__init__.py"


def test_the_successor_of_httpx_takes_its_place_when_the_environment_says_so(other: Path, room: Path) -> None:
    pip(other, "install", "-q", f"{CLIENT}[httpx2]")
    body = json.dumps(ANSWERS["get_current_user"]).encode()

    with loopback(TokenDesk(body)) as server:
        printed = run(other, "-c", LOG_IN, server.url, folder=room, STEELYARD_HTTP="httpx2")

    assert printed.split() == ["httpx2", "True", "ConnectionFailed", str(ANSWERS["get_current_user"]["id"])]
