"""Every block of the README runs, in order and as it is written, against a fresh demo."""

import re
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from tests.kit.documentation import SHOWN_URL, blocks
from tests.kit.servers.processes import steelyard
from tests.sdk.kit import ROOT

PAGE = "client/README.md"
README = (ROOT / PAGE).read_text("utf-8")


@contextmanager
def closing(names: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    finally:
        for value in names.values():
            if hasattr(value, "close") and hasattr(value, "core"):
                value.close()


async def test_the_tour_runs_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, start = blocks(PAGE, "bash")
    steps = blocks(PAGE, "python")
    names: dict[str, Any] = {"__name__": "tour"}
    monkeypatch.chdir(tmp_path)

    def take(url: str) -> None:
        with closing(names):
            for step in steps:
                exec(compile(step.replace(SHOWN_URL, url), PAGE, "exec"), names)  # what is tried

    assert start == "steelyard demo"
    async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
        await to_thread.run_sync(take, await demo.ready())

    printed = capsys.readouterr().out
    assert "17 left; " in printed
    assert "Lamp, brass 1999 USD" in printed
    assert "***" in printed
    assert "a long enough one" not in printed
    assert "steelyard demo" not in printed
    assert README.count("```") == 2 * (len(steps) + 2), "no test runs a block of this language"


@pytest.mark.slow
def test_the_install_command_of_the_readme_works(tmp_path: Path) -> None:
    install, _ = blocks(PAGE, "bash")
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / "bin" / "python"

    done = subprocess.run(["bash", "-c", f"PATH={python.parent}:$PATH; {install}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    shown = subprocess.run(
        [python, "-I", "-c", "import steelyard_client as s; print(s.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith(str(tmp_path))


def test_every_link_of_the_readme_has_a_target() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        assert target.startswith("https://") or (ROOT / "client" / target).exists(), target
