"""What the server as it is answers to tests that ask all of its operations; written down once, distinct exchanges only.

`python -m tests.contract.mutants.recording FILE` runs them and leaves the file; its exit status is that of the tests.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.kit.contract import recorder
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON

# What is exchanged here shows every answer of every operation, its problems, and its parameters given and left out.
PLACES = (
    *("promises", "refusals", "examples", "problems", "limits", "boundaries"),
    *("oracles", "laws", "links", "replies", "served", "permissions"),
)
# Differences in these texts alone make no other exchange: ids, times, numbers.
VARYING = re.compile(r"[0-9a-f]{8,}|[0-9]+")


@dataclass(frozen=True, slots=True)
class Recorded:
    """An exchange, as far as a changed document could contradict it."""

    operation: str
    """Empty: the contract has no such path, or no such method there."""
    method: str
    status: int
    query: tuple[str, ...]
    """Names of the parameters of the query."""
    asked: tuple[str, ...]
    """Names of the headers that were sent, in small letters."""
    told: tuple[tuple[str, str], ...]
    """Headers of the answer, names in small letters."""
    problem: str | None
    blamed: tuple[tuple[str, str], ...]
    """Where a refusal says that something is wrong, and what: parameter of query or header, and kind of violation."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.told if key == name.lower()), None)

    def __str__(self) -> str:
        query = f"?{'&'.join(self.query)}" if self.query else ""
        return f"{self.operation}{query}: {self.status}{f' {self.problem}' if self.problem else ''}"


class Recorder:
    """A pytest plugin that keeps one exchange of each shape."""

    def __init__(self) -> None:
        self.seen: dict[object, Recorded] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """One database is enough here, and no server has to be started for it."""
        items[:] = [one for one in items if "postgres" not in getattr(one, "fixturenames", ()) and "postgresql" not in one.nodeid]

    def saw(self, seen: recorder.Seen) -> None:
        operation, _ = CONTRACT.find(seen.method, seen.answer.path)
        if operation is not None or seen.answer.status in (404, 405):
            one = recorded(operation.id if operation else "", seen)
            shape = (one.operation, one.method, one.status, one.query, one.asked, one.problem, one.blamed)
            told = tuple((name, VARYING.sub("0", value)) for name, value in one.told)
            self.seen.setdefault((*shape, told), one)


def recorded(operation: str, seen: recorder.Seen) -> Recorded:
    """What of an exchange is written down: no value of a request, of a body only what is wrong."""
    answer = seen.answer
    problem, blamed = None, set[tuple[str, str]]()
    if answer.header("content-type") == PROBLEM_JSON and answer.body:
        body: dict[str, Any] = answer.json()
        problem = body["type"]
        blamed = {(each["loc"][1], each["type"]) for each in body.get("errors", ()) if each["loc"][0] in ("query", "header")}
    return Recorded(
        operation,
        seen.method,
        answer.status,
        tuple(sorted({part.partition("=")[0] for part in answer.target.partition("?")[2].split("&") if part})),
        tuple(sorted({name.decode("latin-1").lower() for name, _ in seen.fields})),
        tuple((name.lower(), value) for name, value in answer.headers),
        problem,
        tuple(sorted(blamed)),
    )


def read(file: Path) -> list[Recorded]:
    return [Recorded(**{key: _tuples(value) for key, value in one.items()}) for one in json.loads(file.read_text("utf-8"))]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def written(seen: list[Recorded]) -> Iterator[str]:
    yield "[\n"
    yield ",\n".join(json.dumps(asdict(one)) for one in seen)
    yield "\n]\n"


def main(file: Path) -> int:
    own = Recorder()
    recorder.WATCHERS.append(own.saw)
    places = [*(f"tests/contract/test_{name}.py" for name in PLACES), "tests/contract/wire"]
    # What is imported here already, pytest cannot rewrite; nothing in it asserts.
    status = pytest.main(["-q", "--no-header", "-W", "ignore::pytest.PytestAssertRewriteWarning", *places], plugins=[own])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(written(list(own.seen.values()))), "utf-8")
    sys.stdout.write(f"{len(own.seen)} distinct exchanges\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
