"""Version bounds of dependencies. A resolver that picks a version below or above them fails here."""

import re
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.kit.project import PROJECT, ROOT

EXTRAS: list[str] = [line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra]
RUNTIME: list[str] = [*PROJECT["project"]["dependencies"], *EXTRAS]


@pytest.mark.parametrize("line", [*RUNTIME, "h11>=0.16"])
def test_installed_versions_satisfy_their_bounds(line: str) -> None:
    requirement = Requirement(line)

    assert Version(version(requirement.name)) in requirement.specifier


@pytest.mark.parametrize(
    "line", [*RUNTIME, *(line for group in PROJECT["dependency-groups"].values() for line in group), *PROJECT["build-system"]["requires"]]
)
def test_every_dependency_has_a_lower_bound(line: str) -> None:
    assert {each.operator for each in Requirement(line).specifier} & {">=", "=="}


@pytest.mark.parametrize("name", ["asyncpg", "uvicorn"])
def test_a_library_whose_internals_are_used_is_bound_to_its_minor_version(name: str) -> None:
    specifier = next(Requirement(line).specifier for line in RUNTIME if Requirement(line).name == name)
    major, minor = Version(version(name)).release[:2]

    assert f"{major}.{minor + 1}" not in specifier


def test_the_unmaintained_passlib_is_absent() -> None:
    # It and its maintained fork both own the folder passlib/, and the one installed last wins.
    with pytest.raises(PackageNotFoundError):
        version("passlib")


LOCKS = {
    "server": RUNTIME,
    "dev": [*RUNTIME, *PROJECT["dependency-groups"]["dev"], *PROJECT["build-system"]["requires"]],
    "build": [*PROJECT["dependency-groups"]["build"], *PROJECT["build-system"]["requires"]],
}


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_pins_every_dependency_by_hash_and_without_an_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))

    stale = [line for line in LOCKS[name] if pinned.get(Requirement(line).name.lower(), "0") not in Requirement(line).specifier]

    assert not stale, f"run `nox -s lock`: {stale}"
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pinned) > len(LOCKS[name]) - 5
