"""Keeps the cases that the exchanges of a process have shown, and writes them to a file at its end."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.contract.coverage.cases import ANY, Case, cases
from tests.contract.coverage.keywords import response_sides
from tests.contract.coverage.reading import Reader, Request, in_query
from tests.kit.contract import recorder
from tests.kit.contract.checker import CONTRACT, Contract, Operation
from tests.kit.contract.recorder import RecordedExchange

# Links are kept for a while only: no test follows one a thousand responses later.
MAX_OPEN = 1000


class Collector:
    """Reads each exchange, only for cases that no exchange has shown yet: that makes it cheap."""

    def __init__(self, contract: Contract = CONTRACT) -> None:
        self._contract = contract
        self._reader = Reader(contract)
        self._links = Links(contract)
        self._open: dict[tuple[str, str], set[Case]] = defaultdict(set)
        for case in cases(contract):
            self._open[case.dimension, case.operation].add(case)
        self._values: dict[str, set[Case]] = {}
        self.shown: set[Case] = set()
        self.exchanges: Counter[str] = Counter()
        self.contradictions: set[str] = set()

    def saw(self, seen: RecordedExchange) -> None:
        """Take the cases that an exchange shows."""
        operation = self._reader.operation(seen)
        if operation is None:
            self.exchanges["(none)"] += 1
            return
        self.exchanges[operation.id] += 1
        if self._is_open(operation, "response", "header", "problem"):
            self._take(self._reader.of_response(operation, seen.exchange))
        if self._is_open(operation, "security"):
            self._take(self._reader.of_security(operation, seen))
        if self._open["value", ANY]:
            self._take(self._reader.of_values(operation, seen.exchange, self._has_open_values))
        request = self._reader.request(operation, seen)
        if self._is_open(operation, "parameter", "body", "example"):
            self._take(self._reader.of_request(operation, request, seen.exchange))
        if (contradiction := self._reader.contradiction(operation, request, seen.exchange)) is not None:
            self.contradictions.add(contradiction)
        self._take(self._links.followed(operation, seen, request))

    def claimed(self, dimension: str, operation: str, what: str) -> None:
        """Take a case that a test asserts."""
        self._take(iter([Case(dimension, operation, what)]))

    def write(self, folder: Path, name: str) -> None:
        """Write the file for the report."""
        folder.mkdir(parents=True, exist_ok=True)
        seen = {
            "exchanges": dict(sorted(self.exchanges.items())),
            "shown": sorted(map(str, self.shown)),
            "contradictions": sorted(self.contradictions),
        }
        (folder / f"{name}-{os.getpid()}.json").write_text(json.dumps(seen, indent=1), "utf-8")

    def _is_open(self, operation: Operation, *dimensions: str) -> bool:
        return any(self._open.get((dimension, operation.id)) for dimension in dimensions)

    def _has_open_values(self, pointer: str) -> bool:
        """Whether a response with the schema at that pointer can still show a case."""
        if pointer not in self._values:
            self._values[pointer] = {Case("value", ANY, " ".join(side)) for side in response_sides(self._contract, pointer)}
        return not self._values[pointer].isdisjoint(self._open["value", ANY])

    def _take(self, shown: Iterator[Case]) -> None:
        for case in shown:
            waiting = self._open[case.dimension, case.operation]
            if case in waiting:
                waiting.discard(case)
                self.shown.add(case)


class Links:
    """Responses announce links; this finds the requests that follow them and succeed."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._announced: dict[tuple[int, str], dict[Case, list[dict[str, str]]]] = {}

    def followed(self, operation: Operation, seen: RecordedExchange, request: Request) -> Iterator[Case]:
        """The links that this exchange follows. Those that it announces are kept."""
        if seen.exchange.status >= 400:
            return
        waiting = self._announced.get((seen.application, operation.id), {})
        for case, announced in waiting.items():
            if any(texts.items() <= request.texts.items() for texts in announced):
                yield case
        for name, link in self._contract.responses(operation)[seen.exchange.status].get("links", {}).items():
            values = {key: evaluated(text, seen, request) for key, text in link.get("parameters", {}).items()}
            if None not in values.values():
                if len(self._announced) > MAX_OPEN:
                    self._announced.clear()
                of_case = self._announced.setdefault((seen.application, link["operationId"]), {})
                kept = of_case.setdefault(Case("link", operation.id, name), [])
                kept.append({key: str(value) for key, value in values.items()})
                del kept[:-MAX_OPEN]


def evaluated(expression: str, seen: RecordedExchange, request: Request) -> Any:
    """The value of a runtime expression of OpenAPI; any other text is its own value."""
    source, _, rest = expression.partition("#")
    if source == "$response.body":
        value: Any = seen.exchange.json()
        for step in rest.split("/")[1:]:
            value = value.get(step) if isinstance(value, dict) else None
        return value
    if expression.startswith("$request.path."):
        return request.texts.get(expression.removeprefix("$request.path."))
    if expression.startswith("$request.query."):
        return dict(in_query(seen)).get(expression.removeprefix("$request.query."))
    return expression


@contextmanager
def collecting(folder: Path | None, name: str) -> Iterator[None]:
    """Collect from all exchanges of the kit's clients in the block, then write a file to the folder."""
    if folder is None:
        yield
        return
    collector = Collector()
    recorder.WATCHERS.append(collector.saw)
    recorder.CLAIMED.append(collector.claimed)
    try:
        yield
    finally:
        recorder.WATCHERS.remove(collector.saw)
        recorder.CLAIMED.remove(collector.claimed)
        collector.write(folder, name)
