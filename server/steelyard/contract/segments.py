"""Segments of a path with texts and variables in them, such as `{id}:publish`, `{id}.csv` and `{year}-{month}`."""

import re
from dataclasses import dataclass

_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class MixedSegment:
    """Texts around and between variables. The contract allows no value in which the text after it occurs."""

    names: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, segment: str) -> "MixedSegment | None":
        """The parts of a segment of a template; None for a literal one, and for one that is a variable."""
        parts = _VARIABLE.split(segment)
        texts = tuple(parts[::2])
        return cls(tuple(parts[1::2]), texts) if len(parts) > 1 and any(texts) else None

    @property
    def shape(self) -> tuple[int, str]:
        """What distinguishes it from others in its place. Those with more text go first."""
        return -sum(map(len, self.texts)), "{}".join(self.texts)

    def values(self, segment: str) -> dict[str, str] | None:
        """The values in a decoded segment; None if it does not fit. Takes time in proportion to its length, whatever is in it."""
        first, *between, last = self.texts
        if not (segment.startswith(first) and segment.endswith(last) and len(segment) > len(first) + len(last)):
            return None
        rest = segment[len(first) : len(segment) - len(last)]
        values: dict[str, str] = {}
        for name, text in zip(self.names, between, strict=False):
            values[name], _, rest = rest.partition(text)
        values[self.names[-1]] = rest
        return values if all(values.values()) else None


def name_of(segment: str) -> str | None:
    """The variable that a segment is."""
    match = _VARIABLE.fullmatch(segment)
    return match[1] if match is not None else None
