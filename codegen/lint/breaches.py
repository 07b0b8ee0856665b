"""The portable subset, rules P1 to P19: one function for each, from the bundle to its breaches. A generator failed on each of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of a rule: the rule, the place, and the remedy."""

    rule: str
    pointer: str
    message: str
