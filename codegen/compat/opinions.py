"""A second opinion by redocly, compared with ours, and the known differences.

Both name a place in the documents. Places are compared by the part that contains them: a member of a component, or a part of an operation.
If either tool calls a change breaking, the other has to, or a table below has the kind of change and the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegen.compat.changes import Change
from codegen.contract.document import steps

# Kinds that we call breaking and redocly does not.
UNSEEN = {
    "access": "x-access is an extension of ours: redocly does not see that it lets in fewer callers.",
    "body": "It sees that a body is new, not that it is required.",
    "condition": "It reads the bounds below `if` as bounds of the value itself: the wrong way round.",
    "default": "It treats a default as an explanation. The server executes it.",
    "dialect": "It treats the dialect as an explanation.",
    "header": "It sees that a header is gone, not that it may be missing.",
    "law": "Laws are extensions of ours: redocly does not see that a promise is withdrawn.",
    "max-bytes": "x-max-bytes is an extension of ours.",
    "nowhere": "It compares responses of operations. This response is for requests that match no operation.",
    "pages": "It treats links as explanations. The SDK follows them.",
    "path": "It treats the name of a variable as an explanation. Generated clients have it as a type and as an argument.",
    "problem": "It compares problems by their place, so it does not see that one has moved to another status.",
    "scheme": "It does not compare flows.",
    "status": "It calls a new success an addition. A caller who knows only the old success takes the new status for a failure.",
    "tags": "It treats tags as explanations. The SDK has a resource for each tag.",
    "readOnly": "It treats readOnly as an explanation.",
    "x-rate-class": "x-rate-class is an extension of ours.",
    "x-safe": "x-safe is an extension of ours.",
}
# Kinds that redocly calls breaking and we do not.
HARMLESS = {
    "condition": "As above: a rule that applies less often accepts more.",
    "deprecation": "It compares the headers with the dates, which change whenever a sunset moves.",
    "idle bound": "It compares numbers, even if they have no effect.",
    "idle security": "It calls the default security a promise; we report the change at each operation that it concerns.",
    "pattern": "It cannot decide which of two patterns accepts more; codegen/compat/patterns.py can.",
    "problem": "It calls a new variant or a removed problem breaking. Every client handles problems that it does not know.",
    "sentence": "Title and detail of a problem are for readers; programs switch on its type.",
}

Opinion = Mapping[str, Any]
Place = tuple[str, ...]


def disagreements(changes: Sequence[Change], opinions: Iterable[Opinion]) -> list[str]:
    """One line for each change that only one tool calls breaking, and that no table explains."""
    theirs = [(opinion, _places(opinion)) for opinion in opinions if opinion["impact"] == "major"]
    ours = [(change, place_of(change.pointer)) for change in changes]
    accepted = [place for change, place in ours if change.level == "breaking" or change.kind in HARMLESS]
    confirmed = [place for _, places in theirs for place in places]
    lines = [
        f"redocly calls it breaking: {', '.join(rule['message'] for rule in opinion['verdicts'])} ({opinion['path']}). We do not."
        for opinion, places in theirs
        if not any(overlap(place, other) for place in places for other in accepted)
    ]
    expected = [(change, place) for change, place in ours if change.level == "breaking" and change.kind not in UNSEEN]
    lines += [
        f"We call it breaking: {change.operation}: {change.place} {change.what} ({change.kind}). redocly does not."
        for change, place in expected
        if not any(overlap(place, other) for other in confirmed)
    ]
    return list(dict.fromkeys(lines))


def _places(opinion: Opinion) -> list[Place]:
    return [place_of(opinion[side]["pointer"].removeprefix("#")) for side in ("base", "revision") if side in opinion]


def place_of(where: str) -> Place:
    """The beginning of a pointer that names a member of a component or a part of an operation."""
    match steps(where):
        case ["components", section, name, "properties", member, *_]:
            return ("components", section, name, member)
        case ["components", section, name, *_]:
            return ("components", section, name)
        case ["paths", *rest]:
            return ("paths", *rest[:4])
        case rest:
            return tuple(rest[:1])


def overlap(first: Place, second: Place) -> bool:
    """Whether either place contains the other, or they are the same."""
    shared = min(len(first), len(second))
    return first[:shared] == second[:shared]
