"""The commands of docs/operations/profiling.md record a profile of our server, in which our own functions are named."""

import asyncio
import json
from pathlib import Path

from tests.faults.callers import Caller
from tests.kit.documentation import bash, blocks
from tests.kit.servers.processes import steelyard

PROFILING = "docs/operations/profiling.md"
SECONDS = "2"


async def test_a_profile_of_a_serving_process_names_our_functions(tmp_path: Path) -> None:
    (commands,) = blocks(PROFILING, "bash")
    commands = commands.replace("--duration 10", f"--duration {SECONDS}")
    async with steelyard("serve", "--port", "0", "--workers", "1", folder=tmp_path, rate_limits="false") as server:
        url = await server.ready()
        pid = [server.pid, *(each.pid for each in server.children())][-1]
        profiling = asyncio.create_task(bash([f"PID={pid}\n{commands}"], tmp_path))
        with Caller(url) as caller:
            while not profiling.done():
                assert (await caller.request("GET", "/items")).status == 200
        (printed,) = await profiling

    profile = json.loads((tmp_path / "profile.json").read_text())
    files = {frame.get("file", "") for frame in profile["shared"]["frames"]}
    assert any("steelyard/contract/" in file for file in files)
    assert "Thread" in printed
