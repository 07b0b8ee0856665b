"""Every page of docs/operations with commands that a reader copies has a test that runs them."""

import re

from tests.kit.project import ROOT

RUN = {
    "first-start.md": "test_first_start.py",
    "upgrade-and-rollback.md": "test_first_start.py",
    "backup-and-restore.md": "test_first_start.py",
    "profiling.md": "test_profiling.py",
}
# For programs that this machine does not have, which not-tested-here.md lists; and the doctor, whose command first-start.md has.
SHOWN = {"containers.md", "doctor.md"}


def pages_with(language: str) -> set[str]:
    pages = (ROOT / "docs" / "operations").glob("*.md")
    return {page.name for page in pages if re.search(f"^```{language}$", page.read_text(), re.MULTILINE)}


def test_every_block_of_commands_is_run_by_a_test_or_listed_as_not_tested() -> None:
    assert pages_with("bash") == RUN.keys()
    assert pages_with("console") == SHOWN
    for page, test in RUN.items():
        assert f'"docs/operations/{page}"' in (ROOT / "tests" / "deploy" / "live" / test).read_text()


def test_every_page_is_listed() -> None:
    listed = (ROOT / "docs" / "operations" / "README.md").read_text()

    for page in (ROOT / "docs" / "operations").glob("[!R]*.md"):
        assert f"({page.name})" in listed, page.name
