"""Commands run in this process."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steelyard.cli import main
from steelyard.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """A command in an empty folder: its status, and what it wrote to both outputs."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"STEELYARD_{name.upper()}", raising=False)

    def run(*arguments: str, stdin: str | bytes = "", **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"STEELYARD_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["steelyard", *arguments])
        sent = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent), "utf-8"))
        status: Any = 0
        try:
            main.main()
        except SystemExit as end:
            status = end.code or 0
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return run
