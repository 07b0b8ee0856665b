"""The session `pythons`: which interpreters it finds, and how it reports them."""

from pathlib import Path

import pytest

import noxfile


def interpreter(folder: Path, name: str, prints: str, status: int = 0) -> Path:
    """A program that responds as an interpreter of Python does when it is started for its version."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {prints}\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_the_first_interpreter_of_each_version_is_found(tmp_path: Path) -> None:
    first = interpreter(tmp_path / "a", "python3.12", "12 final")
    interpreter(tmp_path / "b", "python3.12", "12 final")
    newer = interpreter(tmp_path / "b", "python3.14", "14 final")

    assert noxfile.interpreters([tmp_path / "a", tmp_path / "b", tmp_path / "missing"]) == {(3, 12): first, (3, 14): newer}


@pytest.mark.parametrize(
    ("name", "prints", "status"),
    [
        ("python3.12", "12 final", 127),
        ("python3.12", "11 final", 0),
        ("python3.15", "15 alpha", 0),
        ("python3.10", "10 final", 0),
        ("python3.12-config", "12 final", 0),
    ],
    ids=["shim that does not run", "another version", "not released", "not supported", "another program"],
)
def test_what_cannot_run_the_tests_is_left_out(tmp_path: Path, name: str, prints: str, status: int) -> None:
    interpreter(tmp_path, name, prints, status)
    usable = interpreter(tmp_path / "usable", "python3.12", "12 final")

    assert noxfile.interpreters([tmp_path, tmp_path / "usable"]) == {(3, 12): usable}


def test_the_versions_of_pyenv_come_after_those_of_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "versions" / "3.13.0" / "bin").mkdir(parents=True)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", "/somewhere")

    assert noxfile.search_folders() == [Path("/somewhere"), tmp_path / "versions" / "3.13.0" / "bin"]


def test_the_report_names_what_ran_and_what_was_missing() -> None:
    report = noxfile.summary((3, 11), [(3, 14), (3, 12)], noxfile.supported())

    assert report == ("The unit tests passed on Python 3.12, 3.14; `nox -s tests` runs all tests on 3.11; missing on this machine: 3.13.")
