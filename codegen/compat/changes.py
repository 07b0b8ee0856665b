"""A change of the contract, its level, and the reason why it breaks callers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

# The version that a change requires: major, minor, patch.
Level = Literal["breaking", "addition", "wording"]
LEVELS: tuple[Level, ...] = ("breaking", "addition", "wording")
# The reader of a value with the schema: the server, callers, or callers who get a problem.
Direction = Literal["request", "response", "problem"]


class Reason(NamedTuple):
    """Why a change breaks callers, and what to do instead."""

    why: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts, for one operation."""

    level: Level
    kind: str
    operation: str
    """The operationId; empty for a part outside of operations."""
    place: str
    what: str
    pointer: str
    """Into the new document, or into the old document if the part is gone."""
    reason: Reason | None = None
    """Only for a breaking change."""
    promised_until: date | None = None
    """The announced sunset of a part that is gone."""


REQUEST = Reason(
    "The server rejects a request that it accepted before.",
    "Accept every request that was valid before; put a stricter rule into a new operation.",
)
RESPONSE = Reason(
    "Callers get a value that the contract excluded before.",
    "Keep the response within the old contract; put a new value into a new member, parameter or operation.",
)
UNDECIDED = Reason(
    "No program can decide whether a valid value is still valid, so callers cannot rely on it.",
    "Write the schema so that the old and the new form can be compared, or leave it unchanged.",
)
GENERATED = Reason(
    "The wire stays the same, but generated clients name their classes, methods and arguments after it.",
    "Keep the name; a better name can go into the summary.",
)
DEPRECATE = "Keep it and mark it `deprecated` with `x-deprecation`; remove it in a major version after its sunset."
# By kind; every other kind is a keyword of a schema and has the reason of its direction.
REASONS = {
    "operation": Reason("Callers get 404 or 405.", DEPRECATE),
    "operationId": GENERATED,
    "tags": GENERATED,
    "pages": GENERATED,
    "path": GENERATED,
    "parameter": Reason("A caller who sends it gets 422, or loses its effect.", DEPRECATE),
    "parameter demanded": Reason("A caller who leaves it out gets 422.", "Make it optional, with a default that keeps the old effect."),
    "member": Reason("A caller who sends it gets 422; a caller who reads it gets nothing.", DEPRECATE),
    "default": Reason(
        "The same request has another effect without notice.",
        "Keep the default; callers who need the new value send it.",
    ),
    "body": Reason("A caller who sends the old request gets 422.", "Accept requests with and without a body."),
    "media": Reason("A caller who sends or accepts it gets 415 or 406.", "Keep the media type."),
    "max-bytes": Reason("A body within the old limit gets 413.", "Keep the limit."),
    "status": Reason("Callers switch on the status.", "Keep the status; put new facts into the body, or into a new operation."),
    "problem": Reason(
        "Callers switch on the type of a problem, whose meaning and status never change.",
        "Keep it, and declare a new problem beside it.",
    ),
    "header": Reason("A caller who reads it gets nothing.", "Keep sending it."),
    "security": Reason("A caller with access gets 401 or 403.", "Keep the old alternatives and scopes; add to them."),
    "access": Reason("A caller with access gets 403 or 404.", "Keep the access of every caller; add to it."),
    "scheme": Reason("Clients that use the old scheme cannot log in.", "Keep the scheme; add another scheme."),
    "x-rate-class": Reason("A caller within the old limit gets 429.", "Keep the rate class; put a stricter limit on a new operation."),
    "readOnly": Reason("A caller who sends it gets 422.", "Keep accepting it; add a member that only responses have."),
    "writeOnly": Reason("A caller who reads it gets nothing.", "Keep returning it; add a member that only requests have."),
    "always null": Reason("A caller who reads it gets nothing; one who sends a value gets 422.", DEPRECATE),
    "x-safe": Reason("Clients send it twice, because the contract allowed it.", "Keep it repeatable."),
    "law": Reason(
        "Callers rely on a law that the contract no longer promises.",
        "Keep it; promise something else at a new parameter, member or operation.",
    ),
    "servers": Reason("Clients send their requests to the old address.", "Keep the address."),
    "openapi": Reason("The tools of consumers do not read it.", "Keep the version of OpenAPI."),
    "dialect": Reason("The tools of consumers read schemas by other rules.", "Keep the dialect."),
    "webhook": Reason("Receivers no longer get it.", DEPRECATE),
    "deprecation": Reason("Callers have planned with the announced day.", "Move a sunset away, never closer."),
}
OF_DIRECTION: dict[Direction, Reason] = {"request": REQUEST, "response": RESPONSE, "problem": RESPONSE}
