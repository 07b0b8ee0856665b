"""Changes of the document, each compared with the responses of the unchanged server; and those that cannot be detected, with reasons."""

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
class Result:
    """The result for all changes."""

    edits: list[Edit]
    detected: dict[str, str]
    """Name of a change -> the evidence: letter of the layer first."""
    explained: dict[str, str]
    """Pattern of names -> why these cannot be detected."""

    def survivors(self) -> list[str]:
        return [edit.name for edit in self.edits if edit.name not in self.detected]

    def score(self) -> float:
        return len(self.detected) / len(self.edits)

    def wrong(self) -> Iterator[str]:
        """Everything that fails the run."""
        if self.score() < MIN_SHARE:
            yield f"only {self.score():.1%} of the changes of the document are detected; at least {MIN_SHARE:.0%} must be"
        for name in self.survivors():
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in self.explained):
                yield f"a change of the document is neither detected nor explained: {name}"
        for pattern in self.explained:
            names = [edit.name for edit in self.edits if fnmatch.fnmatchcase(edit.name, pattern)]
            if not names:
                yield f"unnoticeable.txt: no such change; remove the line: {pattern}"
            for name in self.detected.keys() & names:
                yield f"unnoticeable.txt: the change is detected; narrow the line or remove it: {pattern}: {name}"

    def report(self) -> Iterator[str]:
        """The table in Markdown, a line for each kind of change, and the changes that are not detected."""
        detected = f"{len(self.detected)} detected, {self.score():.2%}"
        yield f"{len(self.edits)} changes of the document, one at a time: {detected}, {len(self.survivors())} explained."
        yield ""
        yield f"| change of the document | changes | detected | {' | '.join(SHOWN)} |"
        yield f"|---|---:|---:|{'---:|' * len(SHOWN)}"
        for kind in sorted({edit.kind for edit in self.edits}):
            yield self._row(kind, [edit.name for edit in self.edits if edit.kind == kind])
        yield self._row("all", [edit.name for edit in self.edits])
        yield ""
        yield "| not detected | changes | reason |"
        yield "|---|---:|---|"
        for pattern, reason in self.explained.items():
            yield f"| `{pattern}` | {len(fnmatch.filter(self.survivors(), pattern))} | {reason} |"

    def _row(self, kind: str, names: list[str]) -> str:
        counts = Counter(self.detected[name][0] for name in names if name in self.detected)
        return f"| {kind} | {len(names)} | {counts.total()} | {' | '.join(str(counts[letter] or '') for letter in SHOWN)} |"


def explained(text: str) -> dict[str, str]:
    """Lines `pattern  # reason`, each with a reason."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    reasons = {pattern.strip(): reason.strip() for pattern, _, reason in (line.partition("  # ") for line in lines)}
    assert all(reasons.values()), "unnoticeable.txt: each line is a pattern and, after two spaces and a #, the reason"
    return reasons


def compare(recorded: Iterable[Recorded]) -> Result:
    """Every change of the document, and the evidence that detects it."""
    changes = [*edits.of_schemas(DOCUMENT), *edits.of_operations(DOCUMENT)]
    evidence = witnesses.detected(changes, Exchanges(recorded))
    assert {reason[0] for reason in evidence.values()} <= set(SHOWN) <= set(NAMES)
    return Result(changes, evidence, explained(EXPLAINED.read_text("utf-8")))


class Recording:
    """Records the responses of the unchanged server: a run beside this one, started with this object."""

    def __init__(self) -> None:
        self._file = ROOT / "build" / "exchanges.json"
        command = [sys.executable, "-m", "tests.contract.mutants.recording", str(self._file)]
        self._run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait(self) -> list[Recorded]:
        """The exchanges. The tests that made them must have passed: wrong responses prove nothing."""
        output, _ = self._run.communicate()
        if self._run.returncode:
            raise RuntimeError(f"the exchanges could not be recorded:\n{output[-4000:]}")
        return recording.read(self._file)
