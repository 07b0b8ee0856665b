"""A copy of the repository, in which a test makes a change and runs the repository's own programs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.kit.project import ROOT

# These programs neither read nor change the rest of the repository.
COPIED = ("openapi", "codegen", "server", "generated", "client", "tests", "docs", "pyproject.toml", "CHANGELOG.md", "README.md")
WITHIN_S = 400
_IMPORTS = re.compile(r"(?:\n?from .*\n)*")


class TreeCopy:
    """The copy, and programs that run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns(".*_cache"))
            else:
                shutil.copy(source, root / name)
        # mypy need not check again the modules that `nox -s types` has checked.
        if (checked := ROOT / ".cache" / "mypy").is_dir():
            shutil.copytree(checked, root / ".cache" / "mypy")
        # All copies share the packages that npm has installed.
        if (packages := ROOT / "build" / "node").is_dir():
            (root / "build").mkdir()
            (root / "build" / "node").symlink_to(packages)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a module, or code with `-c`."""
        paths = os.pathsep.join(str(self.root / path) for path in ("", "server", "generated/server", "client"))
        return subprocess.run(
            [sys.executable, *(() if command[0] == "-c" else ("-m",)), *command],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=WITHIN_S,
        )

    def passes(self, *command: str) -> str:
        """Run a program that has to succeed. Its output."""
        ended = self.run(*command)
        assert ended.returncode == 0, f"{' '.join(command)}:\n{ended.stdout[-4000:]}"
        return ended.stdout

    def add(self, file: str, after: str | None, text: str) -> None:
        """Add a block at the end of a file, or below the line that begins with `after`. Imports go to the imports."""
        path = self.root / file
        there = path.read_text("utf-8") if path.is_file() else ""
        if after is None:
            imports, rest = (text[: (end := _IMPORTS.match(text).end())], text[end:]) if there else ("", text)  # type: ignore[union-attr]  # it also matches an empty text
            there = re.sub("^from steelyard", lambda match: imports + match[0], there, count=1, flags=re.MULTILINE) if imports else there
            path.write_text(f"{there}\n\n{rest}" if there else rest, "utf-8")
            return
        lines = there.splitlines(keepends=True)
        (at,) = [number for number, line in enumerate(lines) if line.strip().startswith(after)]
        path.write_text("".join([*lines[: at + 1], text, *lines[at + 1 :]]), "utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first match."""
        text, times = re.subn(old, lambda _: new, (self.root / file).read_text("utf-8"), count=1, flags=re.MULTILINE)
        assert times == 1, f"{file} has no {old}"
        (self.root / file).write_text(text, "utf-8")
