"""The portable subset (P1-P19): one function a rule, from the bundle to what breaks the rule. Each exists because some generator got it wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach: which rule, where, and what to do about it."""

    rule: str
    pointer: str
    message: str
