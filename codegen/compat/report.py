"""Changes as text: each change once, with all the operations that it reaches."""

from collections.abc import Iterator, Sequence

from codegen.compat.changes import LEVELS, Change

# Places above this number are counted, not listed.
MAX_PLACES = 4
NAMES = {
    "breaking": ("breaking change", "breaking changes"),
    "addition": ("addition", "additions"),
    "wording": ("change of wording", "changes of wording"),
}


def lines(changes: Sequence[Change], *, pointers: bool = True) -> Iterator[str]:
    """The gravest first. Without pointers into a document, a place is a line of a file."""
    for level in LEVELS:
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            if change.level == level:
                groups.setdefault((change.pointer, change.what), []).append(change)
        for (pointer, what), group in groups.items():
            yield f"{level}: {what}"
            yield from _places(group)
            yield f"    at   {'#' if pointers else ''}{pointer}"
            if (reason := group[0].reason) is not None:
                yield f"    Why: {reason.why}"
                yield f"    Now: {reason.now}"


def summary(changes: Sequence[Change]) -> str:
    """The number of changes; an edit of a shared part counts once."""
    counts = {level: len({(change.pointer, change.what) for change in changes if change.level == level}) for level in LEVELS}
    return ", ".join(f"{count} {NAMES[level][count != 1]}" for level, count in counts.items() if count) or "nothing has changed"


def _places(group: Sequence[Change]) -> Iterator[str]:
    lines = list(dict.fromkeys(" ".join(filter(None, (change.operation, change.place))) for change in group))
    yield from (f"    {line}" for line in lines[:MAX_PLACES])
    if len(lines) > MAX_PLACES:
        yield f"    and {len(lines) - MAX_PLACES} more places"
