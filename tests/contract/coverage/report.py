"""What a run has seen of the contract, added up and written as JSON, Markdown and HTML."""

import html
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.contract.coverage.cases import ANY, DIMENSIONS, Case

MAX_LISTED = 200


@dataclass
class Sight:
    """What all processes of a run have seen."""

    shown: set[str] = field(default_factory=set)
    exchanges: Counter[str] = field(default_factory=Counter)
    contradictions: set[str] = field(default_factory=set)
    programs: Counter[str] = field(default_factory=Counter)
    """Exchanges by program: tests, fuzz."""

    @classmethod
    def of(cls, folder: Path) -> "Sight":
        """All files of the collectors in a folder."""
        whole = cls()
        for path in sorted(folder.glob("*.json")):
            seen = json.loads(path.read_text("utf-8"))
            whole.shown |= set(seen["shown"])
            whole.exchanges.update(seen["exchanges"])
            whole.programs[path.name.partition("-")[0]] += sum(seen["exchanges"].values())
            whole.contradictions |= set(seen["contradictions"])
        return whole


@dataclass(frozen=True)
class Outcome:
    """A run, compared with the document."""

    cases: list[Case]
    sight: Sight
    excepted: frozenset[str]
    complaints: list[str]
    """Why the run has not seen enough; empty if it has."""
    seed: str
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Tests and failures, for `tests` and for `fuzz`."""

    @property
    def missing(self) -> list[str]:
        return [str(case) for case in self.cases if str(case) not in self.sight.shown | self.excepted]

    def rows(self) -> Iterator[tuple[str, int, int, int]]:
        """Dimension, number of cases, how many of them were seen, how many are excepted."""
        for dimension in DIMENSIONS:
            names = {str(case) for case in self.cases if case.dimension == dimension}
            yield dimension, len(names), len(names & self.sight.shown), len(names & self.excepted)

    def total(self) -> tuple[int, int, int]:
        rows = [row[1:] for row in self.rows()]
        return sum(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows)


def share(cases: int, seen: int, excepted: int) -> str:
    """The share of the cases that are not excepted; rounded down, so that only all of them are 100 %."""
    required = cases - excepted
    return "100.00 %" if seen >= required else f"{int(10_000 * seen / required) / 100:.2f} %"


def markdown(outcome: Outcome) -> str:
    """The report for readers, and for the page of a CI run."""
    count, seen, excepted = outcome.total()
    operations = sorted(outcome.sight.exchanges.keys() - {"(none)"})
    summary = (
        f"Seed {outcome.seed}. {seen} of {count} cases of {len({case.operation for case in outcome.cases} - {ANY})} operations were seen in"
        f" {outcome.sight.exchanges.total()} exchanges, {excepted} are excepted: {share(count, seen, excepted)}."
    )
    lines = [
        "# Contract report",
        "",
        summary,
        "",
        "| dimension | cases are | cases | seen | excepted | coverage |",
        "|---|---|---|---|---|---|",
        *(f"| {name} | {DIMENSIONS[name]} | {row[0]} | {row[1]} | {row[2]} | {share(*row)} |" for name, *row in outcome.rows()),
        "",
        "| program | tests | failed | exchanges |",
        "|---|---|---|---|",
        *(f"| {name} | {count} | {failed} | {outcome.sight.programs[name]} |" for name, (count, failed) in outcome.counts.items()),
        "",
        "## Complaints",
        "",
        *([f"* {complaint}" for complaint in outcome.complaints] or ["None."]),
        "",
        "## Not seen",
        "",
        *([f"* `{case}`" for case in listed(outcome.missing)] or ["Nothing."]),
        "",
        "## Operations",
        "",
        "| operation | exchanges | cases | seen |",
        "|---|---|---|---|",
        *(
            f"| {name} | {outcome.sight.exchanges[name]} | {sum(case.operation == name for case in outcome.cases)}"
            f" | {sum(case.operation == name and str(case) in outcome.sight.shown for case in outcome.cases)} |"
            for name in operations
        ),
    ]
    return "\n".join(lines) + "\n"


def listed(names: list[str]) -> Iterable[str]:
    return names if len(names) <= MAX_LISTED else [*names[:MAX_LISTED], f"and {len(names) - MAX_LISTED} more, in the JSON report"]


def page(text: str) -> str:
    """The same report as a web page without any other file."""
    body, rows = list[str](), list[str]()
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            if not set(line) <= {"|", "-"}:
                tag = "td" if rows else "th"
                rows.append("<tr>" + "".join(f"<{tag}>{words(cell)}</{tag}>" for cell in line.strip("| ").split(" | ")) + "</tr>")
            continue
        if rows:
            body.append(f"<table>{''.join(rows)}</table>")
            rows = []
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            body.append(f"<h{level}>{words(line.lstrip('# '))}</h{level}>")
        elif line:
            body.append(f"<p>{words(line)}</p>")
    style = (
        "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}"
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Contract report</title><style>{style}</style>{"".join(body)}</html>\n'
    )


def words(text: str) -> str:
    return html.escape(text.removeprefix("* ").replace("`", ""))


def count_tests(path: Path) -> tuple[int, int]:
    """Tests and failures in a file in JUnit's format."""
    suites = ET.parse(path).getroot().iter("testsuite")
    counts = [[int(suite.get(name, "0")) for name in ("tests", "failures", "errors")] for suite in suites]
    return sum(row[0] for row in counts), sum(row[1] + row[2] for row in counts)


def junit(outcome: Outcome) -> str:
    """A test for each dimension, and one for the complaints, in the format that CI systems read."""
    missing = outcome.missing
    tests = {name: [case for case in missing if case.startswith(f"{name} ")] for name in DIMENSIONS} | {"complaints": outcome.complaints}
    suite = ET.Element("testsuite", name="contract coverage", tests=str(len(tests)), failures=str(sum(map(bool, tests.values()))))
    for name, wrong in tests.items():
        test = ET.SubElement(suite, "testcase", classname="contract.coverage", name=name)
        if wrong:
            ET.SubElement(test, "failure", message=f"{len(wrong)}, {wrong[0]} for example").text = "\n".join(wrong)
    return ET.tostring(suite, "unicode", xml_declaration=True) + "\n"


def write(outcome: Outcome, folder: Path) -> None:
    """contract-report.md and .html, coverage-contract.json, and contract-coverage.xml in JUnit's format."""
    (folder / "contract-coverage.xml").write_text(junit(outcome), "utf-8")
    text = markdown(outcome)
    (folder / "contract-report.md").write_text(text, "utf-8")
    (folder / "contract-report.html").write_text(page(text), "utf-8")
    summary = {
        "seed": outcome.seed,
        "exchanges": dict(sorted(outcome.sight.exchanges.items())),
        "programs": {name: {"tests": count, "failed": failed} for name, (count, failed) in outcome.counts.items()},
        "dimensions": {name: dict(zip(("cases", "seen", "excepted"), row, strict=True)) for name, *row in outcome.rows()},
        "missing": outcome.missing,
        "complaints": outcome.complaints,
    }
    (folder / "coverage-contract.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
