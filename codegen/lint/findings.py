"""The portable subset (P1-P19): one function a rule, from the bundle to what breaks it. Behind each stands a generator that failed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach: which rule, where, and what to do about it."""

    rule: str
    pointer: str
    message: str
