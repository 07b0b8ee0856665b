"""Changes as somebody reads them: each once, with all the operations that it reaches."""

from collections.abc import Iterator, Sequence

from codegen.compat.changes import LEVELS, Change

# More places than this are counted, not listed.
LISTED = 4
NAMES = {
    "breaking": ("breaking change", "breaking changes"),
    "addition": ("addition", "additions"),
    "wording": ("other word", "other words"),
}


def lines(changes: Sequence[Change], *, pointers: bool = True) -> Iterator[str]:
    """The gravest first. Where there are no pointers into a document there are lines of files."""
    for level in LEVELS:
        groups: dict[tuple[str, str], list[Change]] = {}
        for one in changes:
            if one.level == level:
                groups.setdefault((one.pointer, one.what), []).append(one)
        for (pointer, what), group in groups.items():
            yield f"{level}: {what}"
            yield from _places(group)
            yield f"    at   {'#' if pointers else ''}{pointer}"
            if (reason := group[0].reason) is not None:
                yield f"    Why: {reason.why}"
                yield f"    Now: {reason.now}"


def summary(changes: Sequence[Change]) -> str:
    """How many there are, an edit of a shared part counted once."""
    counts = {level: len({(one.pointer, one.what) for one in changes if one.level == level}) for level in LEVELS}
    return ", ".join(f"{count} {NAMES[level][count != 1]}" for level, count in counts.items() if count) or "nothing has changed"


def _places(group: Sequence[Change]) -> Iterator[str]:
    lines = list(dict.fromkeys(" ".join(filter(None, (one.operation, one.place))) for one in group))
    yield from (f"    {line}" for line in lines[:LISTED])
    if len(lines) > LISTED:
        yield f"    and {len(lines) - LISTED} more places"
