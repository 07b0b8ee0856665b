"""Records the profile that docs/operations/profiling.md shows: `python -m benchmarks.flames`.

One process serves orders and reads of items, half of the connections each. py-spy records it twice: as a picture, and for the table.
"""

import asyncio
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.beside import settings
from benchmarks.load import Orders, load
from benchmarks.market import Market, write_tokens
from tests.kit.programs import program
from tests.kit.project import ROOT
from tests.kit.servers.postgresql import Server
from tests.kit.servers.processes import steelyard
from tests.kit.servers.running import SECRET

PICTURE = ROOT / "docs" / "operations" / "profiles" / "orders-and-items.svg"
TITLE = "steelyard serve: orders and reads of items"
CONNECTIONS, SECONDS, RATE = 16, 10, 400
# A line of py-spy's text: frames from the outermost to the innermost, as `function (file:line)`, and how often they were seen.
STACK = re.compile(r"^(.*) (\d+)$", re.MULTILINE)
FILE = re.compile(r"\(([^()]+?)(?::\d+)?\)$")
SHOWN = 14


def record(pid: int, kind: str, target: Path) -> None:
    # Only while Python runs: on a busy machine, a thread that waits looks like one that works.
    options = ("--gil", "--duration", str(SECONDS), "--rate", str(RATE), "--format", kind, "--output", str(target))
    subprocess.run([program("py-spy"), "record", "--pid", str(pid), *options], check=True, capture_output=True)


def area(frame: str) -> str:
    """The package of a frame; for our own code, the folder."""
    place = FILE.search(frame)
    parts = Path(place[1]).parts if place else ()
    return "/".join(parts[:2] if parts[:1] == ("steelyard",) else parts[:1]) or frame


def table(stacks: str) -> list[str]:
    """The share of each area: as the innermost frame, and anywhere in the stack."""
    own, below, total = Counter[str](), Counter[str](), 0
    for line, count in STACK.findall(stacks):
        areas = [area(frame) for frame in line.split(";")]
        own[areas[-1]] += int(count)
        total += int(count)
        for each in set(areas):
            below[each] += int(count)
    rows = [f"| `{name}` | {own[name] / total:.1%} | {below[name] / total:.1%} |" for name, _ in own.most_common(SHOWN)]
    return [f"{total} samples", "| where | itself | with what it calls |", "|---|---|---|", *rows]


async def measure() -> None:
    with Server(fsync=True) as server:
        market = Market(server)
        await asyncio.to_thread(market.seed)
        with tempfile.TemporaryDirectory(prefix="steelyard-bench-") as name:
            folder = Path(name)
            write_tokens(SECRET.get_secret_value(), folder / "tokens")
            orders = Orders(folder / "tokens", 1, "flames")
            async with steelyard("serve", "--port", "0", "--workers", "1", folder=folder, **settings(market)) as api:
                url = await api.ready()
                pid = [api.pid, *(each.pid for each in api.children())][-1]
                duration_s = 2 * SECONDS + 10
                loads = [asyncio.create_task(asyncio.to_thread(load, url, each, duration_s, CONNECTIONS, orders)) for each in "bd"]
                await asyncio.sleep(2)
                PICTURE.parent.mkdir(exist_ok=True)
                await asyncio.to_thread(record, pid, "flamegraph", PICTURE)
                # Instead of the command with its paths.
                PICTURE.write_text(re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\1{TITLE}", PICTURE.read_text()))
                await asyncio.to_thread(record, pid, "raw", folder / "stacks")
                await asyncio.gather(*loads)
            print("\n".join(table((folder / "stacks").read_text())))


if __name__ == "__main__":
    asyncio.run(measure())
