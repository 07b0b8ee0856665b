"""Whether a run has seen enough: every case except those in `exceptions.txt`, and none of those."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

_HEAD = re.compile(r"excused: ([0-9]+)")


@dataclass(frozen=True)
class Exceptions:
    """Cases that no run can show, with reasons."""

    allowed: int
    """The number of cases in the head of the file; it may only fall."""
    reasons: dict[str, str]
    """By case; a `*` makes it a pattern for several cases with one reason."""
    complaints: list[str] = field(default_factory=list)
    """What is wrong with the file itself."""

    @classmethod
    def read(cls, text: str) -> "Exceptions":
        """Comments start with #; the first line is `excused: COUNT`, the others are `CASE: REASON`."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        head = _HEAD.fullmatch(lines[0]) if lines else None
        reasons, complaints = dict[str, str](), list[str]()
        if head is None:
            complaints.append("exceptions.txt: the first line must be `excused: COUNT`")
        for line in lines[1 if head else 0 :]:
            case, _, reason = line.partition(": ")
            if not reason.strip():
                complaints.append(f"exceptions.txt: `{line}` has no reason; write `CASE: REASON`")
            if case in reasons:
                complaints.append(f"exceptions.txt: `{case}` occurs twice")
            reasons[case] = reason.strip()
        return cls(int(head[1]) if head else 0, reasons, complaints)

    def excused(self, cases: Sequence[str]) -> dict[str, list[str]]:
        """Line -> the cases that it matches."""
        return {line: [case for case in cases if fnmatchcase(case, line)] for line in self.reasons}


def complaints(cases: Sequence[str], shown: set[str], exceptions: Exceptions) -> Iterator[str]:
    """Why a run has not seen enough; empty if it has."""
    yield from exceptions.complaints
    excused = exceptions.excused(cases)
    missing = [case for case in cases if case not in shown and not any(case in matched for matched in excused.values())]
    if missing:
        yield f"{len(missing)} cases were not seen, `{missing[0]}` for example: write a test that shows them"
    for line, matched in excused.items():
        if not matched:
            yield f"exceptions.txt: `{line}` matches no case of the contract; remove the line"
        for case in matched:
            if case in shown:
                yield f"exceptions.txt: `{case}` was seen; remove it, and lower the count"
    count = len({case for matched in excused.values() for case in matched})
    if count != exceptions.allowed:
        advice = "it may only fall" if count > exceptions.allowed else "lower it, so that it cannot grow again"
        yield f"exceptions.txt: {count} cases are excused, and the head states {exceptions.allowed}: {advice}"
