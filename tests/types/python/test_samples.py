"""Correct code of SDK users type-checks, and each mistake is reported on its line, under mypy and pyright, both strict."""

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
    errors = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return {error["line"] for error in errors if error["severity"] == "error"}


def under_pyright(file: Path, sources: list[str], folder: Path) -> set[int]:
    """Lines with an error."""
    config = folder / "pyrightconfig.json"
    # pyright only accepts relative paths here; for other paths it prints a warning and goes on.
    shutil.copy(file, folder / file.name)
    config.write_text(json.dumps({"include": [file.name], "extraPaths": sources, "typeCheckingMode": "strict", "pythonVersion": "3.11"}))
    command = [sys.executable, "-m", "pyright", "-p", str(config), "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    return {error["range"]["start"]["line"] + 1 for error in report["generalDiagnostics"] if error["severity"] == "error"}


Checker = Callable[[Path, list[str], Path], set[int]]
CHECKERS = pytest.mark.parametrize("checker", [under_mypy, under_pyright])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests, so that a checker reads httpx once and finds it in its cache the next time."""
    return tmp_path_factory.mktemp("samples")


@CHECKERS
def test_correct_code_type_checks(checker: Checker, folder: Path) -> None:
    assert checker(HERE / "good.py", SOURCES, folder) == set()


@CHECKERS
def test_every_mistake_is_an_error_on_its_line_and_there_is_no_other_error(checker: Checker, folder: Path) -> None:
    lines = (HERE / "bad.py").read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}

    reported = checker(HERE / "bad.py", SOURCES, folder)

    assert {lines[number - 1].strip() for number in reported ^ marked} == set()
    assert len(marked) > 35
