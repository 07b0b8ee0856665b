"""A second opinion by redocly, held against ours, and where the two are known to differ.

Both name a place in the documents. Places are compared by what contains them: a member of a component, or a part of an operation. Where
one of the two calls something breaking the other has to, or the kind of change stands in a table below with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegen.compat.changes import Change
from codegen.contract.document import steps

# Kinds that we call breaking and redocly does not.
UNSEEN = {
    "access": "x-access is an extension of ours: redocly cannot know that it lets fewer in.",
    "body": "It sees that a body is new, not that it is required.",
    "condition": "It reads the bounds below `if` as if they held for the value itself: the wrong way round.",
    "default": "It takes defaults for explanations. The server executes them.",
    "dialect": "It calls the dialect an explanation.",
    "header": "It sees that a header is gone, not that it may be missing.",
    "max-bytes": "x-max-bytes is an extension of ours.",
    "nowhere": "It compares answers of operations. This one is for requests that no operation answers.",
    "pages": "It calls links an explanation. The SDK walks along them.",
    "path": "It calls the name of a variable an explanation. Generated clients have it as a type and as an argument.",
    "problem": "It compares problems by their place, so it does not see that one has moved to another status.",
    "scheme": "It does not look into flows.",
    "status": "To it, a success more is an addition. A caller who knows one success takes the other for a failure.",
    "tags": "It calls tags an explanation. The SDK has a resource for each.",
    "x-safe": "x-safe is an extension of ours.",
}
# Kinds that redocly calls breaking and we do not.
HARMLESS = {
    "condition": "As above: a rule that applies less often takes more.",
    "deprecation": "It compares the headers that say when; that is what the deprecation is for.",
    "idle bound": "It compares numbers, also where they say nothing.",
    "idle security": "It takes what holds for operations that say nothing for a promise; each operation is told what has changed for it.",
    "pattern": "It cannot tell which of two patterns takes more; codegen/compat/patterns.py can.",
    "problem": "It calls a choice more breaking, and a refusal less. Every client has a way out for problems that it does not know.",
    "sentence": "Title and detail of a problem are for people; callers switch on its type.",
}

Verdict = Mapping[str, Any]
Place = tuple[str, ...]


def disagreements(changes: Sequence[Change], verdicts: Iterable[Verdict]) -> list[str]:
    """One line for each change that only one of the two calls breaking, and nobody has explained yet."""
    theirs = [(verdict, _places(verdict)) for verdict in verdicts if verdict["impact"] == "major"]
    ours = [(change, place_of(change.pointer)) for change in changes]
    accepted = [place for change, place in ours if change.level == "breaking" or change.kind in HARMLESS]
    confirmed = [place for _, places in theirs for place in places]
    lines = [
        f"redocly calls it breaking: {', '.join(one['message'] for one in verdict['verdicts'])} ({verdict['path']}). We do not."
        for verdict, places in theirs
        if not any(overlap(one, other) for one in places for other in accepted)
    ]
    expected = [(change, place) for change, place in ours if change.level == "breaking" and change.kind not in UNSEEN]
    lines += [
        f"We call it breaking: {change.operation}: {change.place} {change.what} ({change.kind}). redocly does not."
        for change, place in expected
        if not any(overlap(place, other) for other in confirmed)
    ]
    return list(dict.fromkeys(lines))


def _places(verdict: Verdict) -> list[Place]:
    return [place_of(verdict[side]["pointer"].removeprefix("#")) for side in ("base", "revision") if side in verdict]


def place_of(where: str) -> Place:
    """As much of a pointer as names a member of a component or a part of an operation."""
    match steps(where):
        case ["components", section, name, "properties", member, *_]:
            return ("components", section, name, member)
        case ["components", section, name, *_]:
            return ("components", section, name)
        case ["paths", *found]:
            return ("paths", *found[:4])
        case found:
            return tuple(found[:1])


def overlap(one: Place, other: Place) -> bool:
    """Whether one contains the other, or they are the same."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
