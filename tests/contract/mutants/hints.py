"""Which tests noticed a drift of each kind in the last run of all: asked first, so that a sample need not wait for all the others.

A hint decides nothing. Where the tests that it names notice nothing, all layers are asked as if there were none.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.contract.mutants.drifts import Drift
from tests.contract.mutants.engine import Hint, Outcome, layers_of
from tests.contract.mutants.layers import ORDER

FILE = Path(__file__).with_name("hints.json")
OF_TEST = re.compile(r"test_\w+")


def read() -> dict[str, list[Hint]]:
    """By the name of the operator."""
    found: dict[str, list[list[str]]] = json.loads(FILE.read_text("utf-8"))
    return {operator: [Hint(*one) for one in hints] for operator, hints in found.items()}


def of(drift: Drift, known: Mapping[str, Iterable[Hint]]) -> tuple[Hint, ...]:
    """Those for a drift, in the order in which its layers are asked."""
    order = layers_of(drift)
    return tuple(sorted((one for one in known.get(drift.operator.name, ()) if one.layer in order), key=lambda one: order.index(one.layer)))


def found_in(outcomes: Iterable[Outcome]) -> dict[str, list[Hint]]:
    """Layer and test, first what noticed the most. What is noticed in a text, and not by a layer, is not run by hints either."""
    counts: dict[str, Counter[Hint]] = defaultdict(Counter)
    for one in outcomes:
        if one.layer is not None and one.layer in ORDER:
            test = OF_TEST.match(one.finding)
            counts[one.drift.partition(":")[0]][Hint(one.layer, test[0] if test else "")] += 1
    return {operator: sorted(found, key=lambda hint: (-found[hint], hint)) for operator, found in sorted(counts.items())}


def write(hints: Mapping[str, Iterable[Hint]]) -> None:
    """One line for each operator."""
    lines = [f"  {json.dumps(operator)}: {json.dumps([list(one) for one in found])}" for operator, found in hints.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
