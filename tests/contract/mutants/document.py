"""Changes of the document, each judged against what the unchanged server does; and those that nobody can notice, with the reason."""

import fnmatch
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.contract.mutants import edits, recording, witnesses
from tests.contract.mutants.edits import Edit
from tests.contract.mutants.layers import NAMES
from tests.contract.mutants.recording import Recorded
from tests.contract.mutants.witnesses import DOCUMENT, Exchanges
from tests.kit.project import ROOT

EXPLAINED = Path(__file__).with_name("unnoticeable.txt")
MIN_SHARE = 0.98
SHOWN = "LSEOPRD"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of all changes."""

    edits: list[Edit]
    noticed: dict[str, str]
    """Name of a change -> who notices it, and by what: letter of the layer first."""
    explained: dict[str, str]
    """Pattern of names -> why nobody can notice these."""

    def survivors(self) -> list[str]:
        return [one.name for one in self.edits if one.name not in self.noticed]

    def score(self) -> float:
        return len(self.noticed) / len(self.edits)

    def wrong(self) -> Iterator[str]:
        """Everything that fails the run."""
        if self.score() < MIN_SHARE:
            yield f"only {self.score():.1%} of the changes of the document are noticed; at least {MIN_SHARE:.0%} must be"
        for name in self.survivors():
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in self.explained):
                yield f"a change of the document that nobody notices, and nobody explains: {name}"
        for pattern in self.explained:
            names = [one.name for one in self.edits if fnmatch.fnmatchcase(one.name, pattern)]
            if not names:
                yield f"unnoticeable.txt explains a change that there is not; take it out: {pattern}"
            for name in self.noticed.keys() & names:
                yield f"unnoticeable.txt explains what is noticed by now; narrow it or take it out: {pattern}: {name}"

    def report(self) -> Iterator[str]:
        """The table in Markdown, a line for each kind of change, and what stays unnoticed."""
        noticed = f"{len(self.noticed)} noticed, {self.score():.2%}"
        yield f"{len(self.edits)} changes of the document, one at a time: {noticed}, {len(self.survivors())} explained."
        yield ""
        yield f"| change of the document | changes | noticed | {' | '.join(SHOWN)} |"
        yield f"|---|---:|---:|{'---:|' * len(SHOWN)}"
        for kind in sorted({one.kind for one in self.edits}):
            yield self._row(kind, [one.name for one in self.edits if one.kind == kind])
        yield self._row("all", [one.name for one in self.edits])
        yield ""
        yield "| unnoticed | changes | why |"
        yield "|---|---:|---|"
        for pattern, reason in self.explained.items():
            yield f"| `{pattern}` | {len(fnmatch.filter(self.survivors(), pattern))} | {reason} |"

    def _row(self, kind: str, names: list[str]) -> str:
        counts = Counter(self.noticed[name][0] for name in names if name in self.noticed)
        return f"| {kind} | {len(names)} | {counts.total()} | {' | '.join(str(counts[one] or '') for one in SHOWN)} |"


def explained(text: str) -> dict[str, str]:
    """Lines `pattern  # reason`, each with a reason."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {pattern.strip(): reason.strip() for pattern, _, reason in (line.partition("  # ") for line in lines)}
    assert all(found.values()), "unnoticeable.txt: each line is a pattern and, after two spaces and a #, the reason"
    return found


def judged(recorded: Iterable[Recorded]) -> Verdict:
    """Every change of the document and who notices it."""
    changes = [*edits.of_schemas(DOCUMENT), *edits.of_operations(DOCUMENT)]
    found = witnesses.noticed(changes, Exchanges(recorded))
    assert {reason[0] for reason in found.values()} <= set(SHOWN) <= set(NAMES)
    return Verdict(changes, found, explained(EXPLAINED.read_text("utf-8")))


class Recording:
    """What the server as it is answers now: a run beside this one, from the moment that this is made."""

    def __init__(self) -> None:
        self._file = ROOT / "build" / "exchanges.json"
        command = [sys.executable, "-m", "tests.contract.mutants.recording", str(self._file)]
        self._run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait(self) -> list[Recorded]:
        """The exchanges. The tests that were run for them must have passed: wrong answers prove nothing."""
        told, _ = self._run.communicate()
        if self._run.returncode:
            raise RuntimeError(f"the exchanges could not be recorded:\n{told[-4000:]}")
        return recording.read(self._file)
