"""The tables of docs/performance.md: a run that is recorded writes them, between marks. `python -m benchmarks.page` does it by itself."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks import curves, report
from benchmarks.figures import NOISE, OPERATIONS, OURS, Document, ratio

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "performance.md"
# As the page links to them.
FOLDER = "../benchmarks/results"
BLOCK = re.compile(r"(<!-- `nox -s bench` writes: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# What the guide says of FastAPI is compared for its own idiom, for the best that it has, and for Steelyard.
SERVERS = {"seed_sync": "FastAPI as the guide teaches it", "fastapi_async": "FastAPI with the async ORM", OURS: "Steelyard"}
# How many times as many requests a claim promises as which peers handle.
CLAIMS = {"on par with Node.js and Go": (1.0, ("node", "go")), "2-3x Flask": (2.0, ("flask",))}
PEERS = {"node": "Node", "go": "Go", "flask": "Flask"}


def write() -> None:
    """Put the saved results into the page."""
    PAGE.write_text(filled(PAGE.read_text(), RESULTS))


def filled(page: str, results: Path) -> str:
    """The page with the tables of these results."""
    run = json.loads(max(results.glob("20*.json")).read_text())
    growth = results / "growth.json"
    blocks = {
        "rates": rates(run, has_charts=(results / "latest.svg").is_file()),
        "claims": claims(run),
        "growth": grown(json.loads(growth.read_text()) if growth.is_file() else None),
    }
    return BLOCK.sub(lambda match: f"{match[1]}{blocks[match[2]]}\n{match[3]}", page)


def rates(run: Document, *, has_charts: bool) -> str:
    """Every server, each operation."""
    more = [name for name in ("latency", "scaling") if run.get(name)]
    contents = ["latency of each round", *({"latency": "latency at fixed rates", "scaling": "1 to 512 connections"}[name] for name in more)]
    whole = f"[The whole report]({FOLDER}/latest.md): {', '.join(contents)}, memory, start, versions."
    charts = [f"![The figures of the report as charts]({FOLDER}/latest.svg)"] if has_charts else []
    return "\n\n".join([report.conditions(run), report.rates(run), whole, *charts])


def claims(run: Document) -> str:
    """Each claim, what was measured, and where it holds."""
    tables = []
    for claim, (promised, peers) in CLAIMS.items():
        rows = [_claim(run, name, peer, promised) for peer in peers for name in SERVERS]
        tables.append("\n".join([f'| "{claim}" | a | b | c | d | holds for |', "|---|---:|---:|---:|---:|---|", *rows]))
    return "\n\n".join(tables)


def _claim(run: Document, name: str, peer: str, promised: float) -> str:
    ratios = {operation: ratio(run, name, peer, operation) for operation in OPERATIONS}
    measured = [(operation, value) for operation, value in ratios.items() if value is not None]
    held = [operation for operation, value in measured if value >= promised * (1 - NOISE)]
    holds = "(not measured)" if not measured else "all" if len(held) == len(measured) else ", ".join(held) or "none"
    cells = [report.times(value) for value in ratios.values()]
    return f"| {SERVERS[name]} against {PEERS[peer]} | " + " | ".join([*cells, holds]) + " |"


def grown(document: Mapping[str, object] | None) -> str:
    """How the cost grows with the data, in a sentence."""
    if document is None:
        return "Not measured yet: `nox -s bench -- --growth`."
    every = [each for each in curves.of(document) if each.bound]
    missed = [f"* {curves.line(each)}; allowed: {each.bound.text()}" for each in every if each.bound and each.result == "missed"]
    sentence = f"{len(every) - len(missed)} of {len(every)} costs grow no more than allowed ([all of them]({FOLDER}/growth.md))"
    return "\n".join([f"{sentence}, but not:", "", *missed]) if missed else f"{sentence}."


if __name__ == "__main__":
    write()
