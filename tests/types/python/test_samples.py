"""What SDK users write type-checks, and what is wrong with it they are told on its line: under mypy and pyright, both strict."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCES = [str(ROOT / "client"), str(ROOT / "generated" / "client")]


def under_mypy(file: Path, sources: list[str], cache: Path) -> set[int]:
    """Lines with an error."""
    config = cache / "mypy.ini"
    config.write_text(f"[mypy]\nstrict = true\nmypy_path = {':'.join(sources)}\nexplicit_package_bases = true\n")
    settings = ("--config-file", str(config), "--cache-dir", str(cache), "-O", "json", "--follow-imports", "silent")
    done = subprocess.run([sys.executable, "-m", "mypy", *settings, str(file)], capture_output=True, text=True, check=False, cwd=cache)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return {one["line"] for one in found if one["severity"] == "error"}


def under_pyright(file: Path, sources: list[str], folder: Path) -> set[int]:
    """Lines with an error."""
    config = folder / "pyrightconfig.json"
    # It takes relative paths only, and says no more than a warning about others.
    shutil.copy(file, folder / file.name)
    config.write_text(json.dumps({"include": [file.name], "extraPaths": sources, "typeCheckingMode": "strict", "pythonVersion": "3.11"}))
    command = [sys.executable, "-m", "pyright", "-p", str(config), "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    told = json.loads(done.stdout)
    found = told["generalDiagnostics"]
    assert told["summary"]["filesAnalyzed"] == 1
    return {one["range"]["start"]["line"] + 1 for one in found if one["severity"] == "error"}


Checker = Callable[[Path, list[str], Path], set[int]]
CHECKERS = pytest.mark.parametrize("checker", [under_mypy, under_pyright])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all of them: what one run has found out about httpx, the next need not."""
    return tmp_path_factory.mktemp("samples")


@CHECKERS
def test_what_users_write_type_checks(checker: Checker, room: Path) -> None:
    assert checker(HERE / "good.py", SOURCES, room) == set()


@CHECKERS
def test_every_mistake_is_told_on_its_line_and_nothing_else(checker: Checker, room: Path) -> None:
    lines = (HERE / "bad.py").read_text().splitlines()
    wanted = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}

    found = checker(HERE / "bad.py", SOURCES, room)

    assert {lines[number - 1].strip() for number in found ^ wanted} == set()
    assert len(wanted) > 35
