"""Runs pages of the documentation as their readers do: the blocks in order, commands with bash."""

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.kit.project import ROOT

# The address of the demo on the pages. Tests use a free port instead.
SHOWN_URL = "http://localhost:8000"


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a language on a page."""
    text = (ROOT / page).read_text("utf-8")
    return [block.strip("\n") for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


async def bash(commands: list[str], folder: Path, *, typed: str = "") -> list[str]:
    """The output of each command. They run in one shell, which stops at the first failure."""
    script = "set -euo pipefail\n" + "printf '\\f'\n".join(f"{command}\n" for command in commands)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", script),
        cwd=folder,
        env=os.environ
        | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate(typed.encode())
    assert process.returncode == 0, printed.decode()
    return printed.decode().split("\f")
