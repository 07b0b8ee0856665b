"""Lower bounds that carry a fix: a resolver that falls back silently fails here."""

from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.kit.project import PROJECT

RUNTIME: list[str] = PROJECT["project"]["dependencies"]


@pytest.mark.parametrize("line", [*RUNTIME, "h11>=0.16"])
def test_what_is_installed_is_not_older_than_its_floor(line: str) -> None:
    wanted = Requirement(line)

    assert Version(version(wanted.name)) in wanted.specifier


@pytest.mark.parametrize("line", [*RUNTIME, *PROJECT["dependency-groups"]["dev"], *PROJECT["build-system"]["requires"]])
def test_every_dependency_has_a_lower_bound(line: str) -> None:
    assert {each.operator for each in Requirement(line).specifier} & {">=", "=="}


def test_the_unmaintained_passlib_is_absent() -> None:
    # Both own the folder passlib/: whichever is installed last wins.
    with pytest.raises(PackageNotFoundError):
        version("passlib")
