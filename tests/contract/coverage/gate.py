"""Whether a run has seen enough: everything but what `exceptions.txt` excuses, and nothing of what it excuses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

_HEAD = re.compile(r"excused: ([0-9]+)")


@dataclass(frozen=True)
class Exceptions:
    """Cases that no run can show, with reasons."""

    allowed: int
    """How many cases the head of the file admits; review lets it fall."""
    reasons: dict[str, str]
    """By the case; with `*` in it, a pattern for several that have one reason."""
    complaints: list[str] = field(default_factory=list)
    """What is wrong with the file itself."""

    @classmethod
    def read(cls, text: str) -> "Exceptions":
        """Comments start with #; the first line says `excused: COUNT`, the others `CASE: REASON`."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        head = _HEAD.fullmatch(lines[0]) if lines else None
        reasons, complaints = dict[str, str](), list[str]()
        if head is None:
            complaints.append("exceptions.txt: the first line must say `excused: COUNT`")
        for line in lines[1 if head else 0 :]:
            case, _, reason = line.partition(": ")
            if not reason.strip():
                complaints.append(f"exceptions.txt: `{line}` has no reason; write `CASE: REASON`")
            if case in reasons:
                complaints.append(f"exceptions.txt: `{case}` is there twice")
            reasons[case] = reason.strip()
        return cls(int(head[1]) if head else 0, reasons, complaints)

    def excused(self, cases: Sequence[str]) -> dict[str, list[str]]:
        """Line -> the cases that it is about."""
        return {line: [case for case in cases if fnmatchcase(case, line)] for line in self.reasons}


def complaints(cases: Sequence[str], shown: set[str], exceptions: Exceptions) -> Iterator[str]:
    """Why a run is not good enough; nothing: it is."""
    yield from exceptions.complaints
    excused = exceptions.excused(cases)
    missing = [case for case in cases if case not in shown and not any(case in about for about in excused.values())]
    if missing:
        yield f"{len(missing)} cases were not seen, `{missing[0]}` for one: let a test exchange them"
    for line, about in excused.items():
        if not about:
            yield f"exceptions.txt: `{line}` names no case of the contract; take the line out"
        for case in about:
            if case in shown:
                yield f"exceptions.txt: `{case}` was seen; excuse it no longer, and lower the count"
    count = len({case for about in excused.values() for case in about})
    if count != exceptions.allowed:
        advice = "it may only fall" if count > exceptions.allowed else "lower it, so that it cannot grow again"
        yield f"exceptions.txt: {count} cases are excused, and the head admits {exceptions.allowed}: {advice}"
