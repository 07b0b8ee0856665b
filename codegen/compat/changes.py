"""A change of the contract, and what it means to those who call: the words for it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

# What a change asks of the version: a major one, a minor one, a patch.
Level = Literal["breaking", "addition", "wording"]
LEVELS: tuple[Level, ...] = ("breaking", "addition", "wording")
# Who reads what a schema describes: the server, callers, or callers who are told that something is refused.
Direction = Literal["request", "response", "problem"]


class Reason(NamedTuple):
    """Why a change breaks callers, and what to do instead."""

    why: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts, as far as one operation is concerned."""

    level: Level
    kind: str
    operation: str
    """Its operationId; empty for what belongs to no operation."""
    place: str
    what: str
    pointer: str
    """Into the new document, or into the old one where something is gone."""
    reason: Reason | None = None
    """Of a breaking change."""
    promised_until: date | None = None
    """The day until which callers were told that it stays, where something is gone."""


REQUEST = Reason(
    "A request that was right yesterday is refused today.",
    "Accept what was accepted; refuse it, if it must be, in a new operation.",
)
ANSWER = Reason(
    "Callers get what they were told they would never get.",
    "Keep the answer inside of what was promised; put what is new into a new member, parameter or operation.",
)
UNDECIDED = Reason(
    "No program can tell whether what was right before is still right, so callers cannot rely on it.",
    "Say it so that the old and the new form can be compared, or leave it as it is.",
)
GENERATED = Reason(
    "Nothing changes on the wire, but generated clients name their classes, methods and arguments after it.",
    "Keep the name; a better one can go into the summary.",
)
DEPRECATE = "Keep it and mark it `deprecated` with `x-deprecation`; remove it in a major version after its sunset."
# By kind; a kind that is not here is a keyword of a schema and has the reason of its direction.
REASONS = {
    "operation": Reason("Callers get 404 or 405.", DEPRECATE),
    "operationId": GENERATED,
    "tags": GENERATED,
    "pages": GENERATED,
    "path": GENERATED,
    "parameter": Reason("Whoever sends it gets 422, or no longer the effect that was promised.", DEPRECATE),
    "parameter demanded": Reason("Whoever leaves it out gets 422.", "Make it optional, with a default that does what was done before."),
    "member": Reason("Whoever sends it gets 422; whoever reads it finds nothing.", DEPRECATE),
    "default": Reason(
        "The same request has another effect, and nobody is told.",
        "Keep the default; let those who want the new value send it.",
    ),
    "body": Reason("Whoever sends it as before gets 422.", "Take requests with and without it."),
    "media": Reason("Whoever sends or asks for it gets 415 or 406.", "Keep the media type."),
    "max-bytes": Reason("What was small enough gets 413.", "Keep the limit."),
    "status": Reason("Callers switch on the status.", "Keep the status; say what is new in the body, or in a new operation."),
    "problem": Reason(
        "Callers switch on the type of a problem, whose meaning and status never change.",
        "Keep it, and declare a new problem beside it.",
    ),
    "header": Reason("Whoever reads it finds nothing.", "Keep sending it."),
    "security": Reason("Whoever was let in gets 401 or 403.", "Keep the alternatives and scopes there were; add to them."),
    "access": Reason("Whoever was let in gets 403 or 404.", "Keep letting in whoever was; add to them."),
    "scheme": Reason("Clients that log in as before fail.", "Keep the scheme; add another one."),
    "x-safe": Reason("Clients send it twice because they were told they may.", "Keep it repeatable."),
    "servers": Reason("Clients send their requests to the old address.", "Keep the address."),
    "openapi": Reason("The tools of consumers do not read it.", "Keep to the version of OpenAPI."),
    "dialect": Reason("The tools of consumers read schemas by other rules.", "Keep the dialect."),
    "webhook": Reason("Receivers wait for it in vain.", DEPRECATE),
    "deprecation": Reason("Callers have planned with the day they were told.", "A sunset may move away, never closer."),
}
OF_DIRECTION: dict[Direction, Reason] = {"request": REQUEST, "response": ANSWER, "problem": ANSWER}
