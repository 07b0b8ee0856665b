"""The responses of the server without a mutant to tests of all operations; only distinct exchanges are written.

`python -m tests.contract.mutants.recording FILE` runs the tests and writes the file; its exit status is that of the tests.
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

# These tests show every response of every operation, its problems, and its parameters sent and left out.
PLACES = (
    *("promises", "ambient_problems", "examples", "problems", "limits", "boundaries"),
    *("oracles", "laws", "links", "response_values", "served", "permissions"),
)
# Exchanges that differ only in these texts count once: ids, times, numbers.
VARYING = re.compile(r"[0-9a-f]{8,}|[0-9]+")


@dataclass(frozen=True, slots=True)
class Recorded:
    """An exchange, as far as a changed document could contradict it."""

    operation: str
    """Empty: the contract has no such path, or no such method on it."""
    method: str
    status: int
    query: tuple[str, ...]
    """Names of the query parameters."""
    sent: tuple[str, ...]
    """Names of the request headers, in lower case."""
    headers: tuple[tuple[str, str], ...]
    """Headers of the response, names in lower case."""
    problem: str | None
    violations: tuple[tuple[str, str], ...]
    """The violations in a problem: parameter of query or header, and kind."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    def __str__(self) -> str:
        query = f"?{'&'.join(self.query)}" if self.query else ""
        return f"{self.operation}{query}: {self.status}{f' {self.problem}' if self.problem else ''}"


class Recorder:
    """A pytest plugin that keeps one exchange of each shape."""

    def __init__(self) -> None:
        self.seen: dict[object, Recorded] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """One database is enough, without a server."""
        items[:] = [item for item in items if "postgres" not in getattr(item, "fixturenames", ()) and "postgresql" not in item.nodeid]

    def saw(self, seen: recorder.RecordedExchange) -> None:
        operation, _ = CONTRACT.find(seen.method, seen.exchange.path)
        if operation is not None or seen.exchange.status in (404, 405):
            exchange = recorded(operation.id if operation else "", seen)
            shape = (
                exchange.operation,
                exchange.method,
                exchange.status,
                exchange.query,
                exchange.sent,
                exchange.problem,
                exchange.violations,
            )
            headers = tuple((name, VARYING.sub("0", value)) for name, value in exchange.headers)
            self.seen.setdefault((*shape, headers), exchange)


def recorded(operation: str, seen: recorder.RecordedExchange) -> Recorded:
    """The part of an exchange that is kept: no value of a request, and of a body only its violations."""
    response = seen.exchange
    problem, violations = None, set[tuple[str, str]]()
    if response.header("content-type") == PROBLEM_JSON and response.body:
        body: dict[str, Any] = response.json()
        problem = body["type"]
        violations = {(error["loc"][1], error["type"]) for error in body.get("errors", ()) if error["loc"][0] in ("query", "header")}
    return Recorded(
        operation,
        seen.method,
        response.status,
        tuple(sorted({part.partition("=")[0] for part in response.target.partition("?")[2].split("&") if part})),
        tuple(sorted({name.decode("latin-1").lower() for name, _ in seen.fields})),
        tuple((name.lower(), value) for name, value in response.headers),
        problem,
        tuple(sorted(violations)),
    )


def read(file: Path) -> list[Recorded]:
    return [Recorded(**{key: _tuples(value) for key, value in each.items()}) for each in json.loads(file.read_text("utf-8"))]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def written(seen: list[Recorded]) -> Iterator[str]:
    yield "[\n"
    yield ",\n".join(json.dumps(asdict(exchange)) for exchange in seen)
    yield "\n]\n"


def main(file: Path) -> int:
    own = Recorder()
    recorder.WATCHERS.append(own.saw)
    places = [*(f"tests/contract/test_{name}.py" for name in PLACES), "tests/contract/wire"]
    # pytest cannot rewrite modules that are imported here already; they have no asserts.
    status = pytest.main(["-q", "--no-header", "-W", "ignore::pytest.PytestAssertRewriteWarning", *places], plugins=[own])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(written(list(own.seen.values()))), "utf-8")
    sys.stdout.write(f"{len(own.seen)} distinct exchanges\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
