"""What a run has seen of the contract, added up and told in JSON, Markdown and HTML."""

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
    """What all processes of a run have seen together."""

    shown: set[str] = field(default_factory=set)
    exchanges: Counter[str] = field(default_factory=Counter)
    contradictions: set[str] = field(default_factory=set)
    programs: Counter[str] = field(default_factory=Counter)
    """Exchanges by who made them: tests, fuzz."""

    @classmethod
    def of(cls, folder: Path) -> "Sight":
        """All files that collectors have left in a folder."""
        whole = cls()
        for path in sorted(folder.glob("*.json")):
            told = json.loads(path.read_text("utf-8"))
            whole.shown |= set(told["shown"])
            whole.exchanges.update(told["exchanges"])
            whole.programs[path.name.partition("-")[0]] += sum(told["exchanges"].values())
            whole.contradictions |= set(told["contradictions"])
        return whole


@dataclass(frozen=True)
class Outcome:
    """A run, held against the document."""

    cases: list[Case]
    sight: Sight
    excepted: frozenset[str]
    complaints: list[str]
    """Why the run is not good enough; empty: it is."""
    seed: str
    verdicts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of tests and fuzz: how many there were, and how many of those failed."""

    @property
    def missing(self) -> list[str]:
        return [str(case) for case in self.cases if str(case) not in self.sight.shown | self.excepted]

    def rows(self) -> Iterator[tuple[str, int, int, int]]:
        """Dimension, cases, of those seen, of those excepted."""
        for dimension in DIMENSIONS:
            names = {str(case) for case in self.cases if case.dimension == dimension}
            yield dimension, len(names), len(names & self.sight.shown), len(names & self.excepted)

    def total(self) -> tuple[int, int, int]:
        rows = [row[1:] for row in self.rows()]
        return sum(row[0] for row in rows), sum(row[1] for row in rows), sum(row[2] for row in rows)


def share(cases: int, seen: int, excepted: int) -> str:
    """Of what was asked for; rounded down, so that only all of it is 100 %."""
    wanted = cases - excepted
    return "100.00 %" if seen >= wanted else f"{int(10_000 * seen / wanted) / 100:.2f} %"


def markdown(outcome: Outcome) -> str:
    """The report for people, and for the page of a CI run."""
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
        "| dimension | what | cases | seen | excepted | coverage |",
        "|---|---|---|---|---|---|",
        *(f"| {name} | {DIMENSIONS[name]} | {row[0]} | {row[1]} | {row[2]} | {share(*row)} |" for name, *row in outcome.rows()),
        "",
        "| made by | tests | failed | exchanges |",
        "|---|---|---|---|",
        *(f"| {name} | {count} | {failed} | {outcome.sight.programs[name]} |" for name, (count, failed) in outcome.verdicts.items()),
        "",
        "## Findings",
        "",
        *([f"* {one}" for one in outcome.complaints] or ["None."]),
        "",
        "## Not seen",
        "",
        *([f"* `{one}`" for one in listed(outcome.missing)] or ["Nothing."]),
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
    """The same report as a page that needs nothing but itself."""
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


def verdict(path: Path) -> tuple[int, int]:
    """Tests and failures of a file in JUnit's format."""
    suites = ET.parse(path).getroot().iter("testsuite")
    counts = [[int(suite.get(name, "0")) for name in ("tests", "failures", "errors")] for suite in suites]
    return sum(row[0] for row in counts), sum(row[1] + row[2] for row in counts)


def junit(outcome: Outcome) -> str:
    """A test for each dimension, and one for everything else that was found, as CI systems read them."""
    missing = outcome.missing
    tests = {name: [case for case in missing if case.startswith(f"{name} ")] for name in DIMENSIONS} | {"findings": outcome.complaints}
    suite = ET.Element("testsuite", name="contract coverage", tests=str(len(tests)), failures=str(sum(map(bool, tests.values()))))
    for name, wrong in tests.items():
        test = ET.SubElement(suite, "testcase", classname="contract.coverage", name=name)
        if wrong:
            ET.SubElement(test, "failure", message=f"{len(wrong)}, {wrong[0]} for one").text = "\n".join(wrong)
    return ET.tostring(suite, "unicode", xml_declaration=True) + "\n"


def write(outcome: Outcome, folder: Path) -> None:
    """contract-report.md and .html, coverage-contract.json, and contract-coverage.xml in JUnit's format."""
    (folder / "contract-coverage.xml").write_text(junit(outcome), "utf-8")
    text = markdown(outcome)
    (folder / "contract-report.md").write_text(text, "utf-8")
    (folder / "contract-report.html").write_text(page(text), "utf-8")
    told = {
        "seed": outcome.seed,
        "exchanges": dict(sorted(outcome.sight.exchanges.items())),
        "programs": {name: {"tests": one, "failed": other} for name, (one, other) in outcome.verdicts.items()},
        "dimensions": {name: dict(zip(("cases", "seen", "excepted"), row, strict=True)) for name, *row in outcome.rows()},
        "missing": outcome.missing,
        "complaints": outcome.complaints,
    }
    (folder / "coverage-contract.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
