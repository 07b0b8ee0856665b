"""The guide's walk to a new operation is walked: its blocks are put where it says, in a copy of the repository, and everything agrees."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.project import ROOT

GUIDE = ROOT / "docs" / "guide" / "a-new-operation.md"
# What the walk needs; the rest of the repository is neither read nor changed by it.
COPIED = ("openapi", "codegen", "server", "generated", "client", "tests", "docs", "pyproject.toml", "CHANGELOG.md", "README.md")
PLACE = re.compile(
    r"[Ii]n `(?P<file>[\w./-]+)`(?:, after `(?P<after>[^`]+)`)?(?:(?!\n\n).)*:\n\n```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
IMPORTS = re.compile(r"(?:from .*\n)*")
WITHIN_S = 280


class Copy:
    """A copy of the repository, and programs that run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, file: str, after: str | None, text: str) -> None:
        """Put a block at the end of a file, or below the line that begins with those words; imports go to the imports."""
        path = self.root / file
        there = path.read_text("utf-8") if path.is_file() else ""
        if after is None:
            imports, rest = (text[: (end := IMPORTS.match(text).end())], text[end:]) if there else ("", text)  # type: ignore[union-attr]  # it matches nothing, too
            there = re.sub("^from steelyard", lambda found: imports + found[0], there, count=1, flags=re.MULTILINE) if imports else there
            path.write_text(f"{there}\n\n{rest}" if there else rest, "utf-8")
            return
        lines = there.splitlines(keepends=True)
        (at,) = [number for number, line in enumerate(lines) if line.strip().startswith(after)]
        path.write_text("".join([*lines[: at + 1], text, *lines[at + 1 :]]), "utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first that fits."""
        text, times = re.subn(old, lambda _: new, (self.root / file).read_text("utf-8"), count=1, flags=re.MULTILINE)
        assert times == 1, f"{file} has no {old}"
        (self.root / file).write_text(text, "utf-8")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join(str(self.root / path) for path in ("", "server", "generated/server", "client"))
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=WITHIN_S,
        )

    def passes(self, *command: str) -> str:
        """What the program prints while it succeeds."""
        ended = self.run(*command)
        assert ended.returncode == 0, f"{' '.join(command)}:\n{ended.stdout[-4000:]}"
        return ended.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    root = tmp_path / "steelyard"
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        else:
            shutil.copy(source, root / name)
    # What npm has installed once serves every copy.
    if (installed := ROOT / "build" / "node").is_dir():
        (root / "build").mkdir()
        (root / "build" / "node").symlink_to(installed)
    return Copy(root)


@pytest.mark.slow
def test_the_guides_walk_ends_with_an_operation_that_everything_agrees_on(copy: Copy) -> None:
    chapters = re.split(r"^## [0-9]\. ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    *chapters, tell = chapters
    promised, *others = [[place.group("file", "after", "text") for place in PLACE.finditer(chapter)] for chapter in chapters]
    assert [len(promised), *map(len, others)] == [4, 2, 1, 1, 1], "a block that nobody finds is a step that nobody tests"

    for block in promised:
        copy.add(*block)
    copy.passes("codegen", "lint")
    copy.passes("codegen", "generate")
    refused = copy.run("steelyard", "serve", "--port", "0")
    assert refused.returncode != 0
    assert "countOwnItems: there is no steelyard.features.items.endpoints.count_own_items" in refused.stdout

    for block in (block for blocks in others for block in blocks):
        copy.add(*block)
    copy.passes("ruff", "check", "--fix", "-q", ".")
    copy.passes("ruff", "format", "-q", ".")
    copy.passes("ruff", "check", ".")
    copy.passes("mypy", "server/steelyard/features/items", "tests/unit/features/items/test_own_counts.py")
    copy.passes("codegen", "generate", "--check")
    told = copy.passes(
        *("pytest", "-q", "tests/contract", "tests/unit/features/items/test_own_counts.py"),
        *("-k", "countOwnItems or own_counts or test_start or test_served"),
    )

    (news,) = re.findall(r"```markdown\n(.*?)^```", tell, re.DOTALL | re.MULTILINE)
    (version,) = re.findall(r"^  version: (\S+)$", (copy.root / "openapi/openapi.yaml").read_text("utf-8"), re.MULTILINE)
    if (copy.root / "openapi" / "released" / f"{version}.json").is_file():
        major, minor, _ = version.split(".")
        version = f"{major}.{int(minor) + 1}.0"
        copy.change("openapi/openapi.yaml", r"^  version: .*$", f"  version: {version}")
        copy.change("client/pyproject.toml", r'^version = "[^"]*"', f'version = "{version}"')
        copy.change("CHANGELOG.md", r"^## Contract ", f"{news}\n## Contract ".replace("1.1.0", version))
    else:
        # The next version is being written already: the new line joins its section.
        lines = news.partition("\n\n")[2]
        copy.change("CHANGELOG.md", rf"^## Contract {re.escape(version)}\n\n", f"## Contract {version}\n\n{lines}")
    copy.passes("codegen", "generate")
    assert "countOwnItems" in copy.passes("codegen", "compat", "--alone")

    passed = re.search(r"([0-9]+) passed", told)
    assert passed is not None, told
    assert int(passed[1]) > 60, told
