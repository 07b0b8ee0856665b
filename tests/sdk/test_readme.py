"""The README's tour is taken: every block of it runs, in order, against a server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from tests.sdk.conftest import Market
from tests.sdk.kit import ROOT

README = (ROOT / "client" / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@contextmanager
def closing(names: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    finally:
        for value in names.values():
            if hasattr(value, "close") and hasattr(value, "core"):
                value.close()


async def test_the_tour_can_be_taken(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "tour"}

    def take() -> None:
        with closing(names):
            for block in BLOCKS:
                exec(compile(block.replace("https://shop.example", market.url), "README.md", "exec"), names)  # what is tried

    await to_thread.run_sync(take)

    printed = capsys.readouterr().out
    assert "17 left; " in printed
    assert "Lamp, brass 1999 USD" in printed
    assert "***" in printed
    assert "another long one" not in printed
    assert len(BLOCKS) == 15


def test_the_readme_links_to_what_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
        assert target.startswith("https://") or (ROOT / "client" / target).exists(), target
