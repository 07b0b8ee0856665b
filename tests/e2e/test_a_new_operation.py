"""The steps of the guide to new operations, in a copy of the repository: each block goes to its place, and all checks pass."""

import re
from pathlib import Path

import pytest

from tests.e2e.tree_copy import TreeCopy
from tests.kit.project import ROOT

GUIDE = ROOT / "docs" / "guide" / "a-new-operation.md"
PLACE = re.compile(
    r"[Ii]n `(?P<file>[\w./-]+)`(?:, after `(?P<after>[^`]+)`)?(?:(?!\n\n).)*:\n\n```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)


# The operations of the guide, each with its handler.
WALKS = {
    "countOwnItems": "count_own_items",
    "exportOwnItems": "export_own_items",
    "hideItem": "hide_item",
    "listStock": "list_stock",
    "recordDelivery": "record_delivery",
}

# The cases of the contract that the tests have not shown, and what the document contradicts.
NOT_SEEN = """
from pathlib import Path
from tests.contract.coverage.__main__ import outcome

seen = outcome(Path("build", "seen"), "42")
print(*seen.missing, *seen.sight.contradictions, sep="\\n")
"""


@pytest.fixture
def copy(tmp_path: Path) -> TreeCopy:
    return TreeCopy(tmp_path / "steelyard")


def announce(copy: TreeCopy, announcement: str) -> None:
    """Write the version of the contract and its entry of the changelog, as the last chapter shows them."""
    (news,) = re.findall(r"```markdown\n(.*?)^```", announcement, re.DOTALL | re.MULTILINE)
    (version,) = re.findall(r"^  version: (\S+)$", (copy.root / "openapi/openapi.yaml").read_text("utf-8"), re.MULTILINE)
    if (copy.root / "openapi" / "released" / f"{version}.json").is_file():
        major, minor, _ = version.split(".")
        version = f"{major}.{int(minor) + 1}.0"
        copy.change("openapi/openapi.yaml", r"^  version: .*$", f"  version: {version}")
        copy.change("client/pyproject.toml", r'^version = "[^"]*"', f'version = "{version}"')
        copy.change("CHANGELOG.md", r"^## Contract ", f"{news}\n## Contract ".replace("1.1.0", version))
    else:
        # The next version already has a section, which gets the new line.
        lines = news.partition("\n\n")[2]
        copy.change("CHANGELOG.md", rf"^## Contract {re.escape(version)}\n\n", f"## Contract {version}\n\n{lines}")


@pytest.mark.slow
def test_the_steps_of_the_guide_lead_to_an_operation_that_passes_all_checks(copy: TreeCopy) -> None:
    chapters = re.split(r"^## [0-9]\. ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    *chapters, announcement = chapters
    blocks = [[place.group("file", "after", "text") for place in PLACE.finditer(chapter)] for chapter in chapters]
    assert [len(each) for each in blocks] == [4, 2, 1, 1, 1, 11, 9, 10], "the pattern misses a block of the guide"

    # One copy for all walks, and the contracts of all operations and their announcement first, because generating takes seconds.
    every = [block for each in blocks for block in each]
    for block in every:
        if block[0].startswith("openapi/"):
            copy.add(*block)
    announce(copy, announcement)
    copy.passes("codegen", "lint")
    copy.passes("codegen", "generate")
    failed = copy.run("steelyard", "serve", "--port", "0")
    assert failed.returncode != 0
    for name, handler in WALKS.items():
        assert f"{name}: there is no steelyard.features.items.endpoints.{handler}" in failed.stdout

    for block in every:
        if not block[0].startswith("openapi/"):
            copy.add(*block)
    copy.passes("ruff", "check", "--fix", "-q", ".")
    copy.passes("ruff", "format", "-q", ".")
    copy.passes("ruff", "check", ".")
    tests = [file for file, *_ in every if file.startswith("tests/unit/")]
    copy.passes("mypy", "server/steelyard/features/items", *tests)
    new = " or ".join([*WALKS, *(Path(file).stem for file in tests), "a_delivery"])
    output = copy.passes(
        *("pytest", "-q", "--coverage-to", "build/seen", "tests/contract", *tests),
        # One of them on both databases.
        *("-k", f"test_start or test_served or countOwnItems or ({new}) and not postgresql and not listStockMovements"),
    )

    lines = copy.passes("-c", NOT_SEEN).splitlines()
    assert [line for line in lines if WALKS.keys() & set(line.split()[:2])] == []

    compared = copy.passes("codegen", "compat", "--alone")
    assert all(name in compared for name in WALKS)

    passed = re.search(r"([0-9]+) passed", output)
    assert passed is not None, output
    assert int(passed[1]) > 120, output
