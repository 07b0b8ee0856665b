"""npm packages are installed once, completely, and by a lock that pins every package and names no registry."""

import json
from pathlib import Path

import pytest

from codegen import npm as packages
from codegen.contract.yaml import ContractError
from codegen.npm import LOCKED, install


def test_every_package_is_pinned_by_hash_and_none_by_address() -> None:
    text = (LOCKED / "package-lock.json").read_text("utf-8")
    locked = {name: package for name, package in json.loads(text)["packages"].items() if name}

    assert locked
    assert all("integrity" in package for package in locked.values())
    assert "resolved" not in text


def test_versions_are_exact() -> None:
    versions = json.loads((LOCKED / "package.json").read_text("utf-8"))["dependencies"]

    assert all(version[0].isdigit() for version in versions.values())


def test_without_a_network_the_error_has_a_remedy_and_no_files_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PATIENCE", ("--fetch-retries", "0"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))

    with pytest.raises(ContractError, match="Run this once where a registry is reachable"):
        install(tmp_path / "node")

    assert list((tmp_path / "node").iterdir()) == []


def test_a_lock_is_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Path] = []

    def npm(_arguments: list[str], *, cwd: Path) -> int:
        runs.append(cwd)
        (cwd / "node_modules").mkdir()
        return 0

    monkeypatch.setattr(packages, "npm", npm)

    assert install(tmp_path) == install(tmp_path)
    assert install(tmp_path).is_dir()
    assert len(runs) == 1


def test_two_processes_can_install_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_arguments: list[str], *, cwd: Path) -> int:
        monkeypatch.setattr(packages, "npm", fast)
        (cwd / "node_modules" / "slow").mkdir(parents=True)
        install(tmp_path)
        return 0

    def fast(_arguments: list[str], *, cwd: Path) -> int:
        (cwd / "node_modules" / "fast").mkdir(parents=True)
        return 0

    monkeypatch.setattr(packages, "npm", slow)

    assert [each.name for each in install(tmp_path).iterdir()] == ["fast"]
    assert len(list(tmp_path.iterdir())) == 1
