"""The Accept header (RFC 9110, section 12.5.1): which of several media types the caller gets."""

from collections.abc import Sequence

# Browsers send ten at the most.
_MAX_RANGES = 100


def preferred(header: str, offered: Sequence[str]) -> str | None:
    """The media type of the highest quality, of equal ones the first; None if the caller can use none of them.

    A malformed or very long header excludes nothing.
    """
    ranges = _ranges(header)
    if ranges is None:
        return offered[0]
    best = max(offered, key=lambda media: _quality(media, ranges))
    return best if _quality(best, ranges) > 0 else None


def _ranges(header: str) -> list[tuple[str, str, float]] | None:
    """Each range as type, subtype and quality; None for a header that excludes nothing."""
    if not header.strip() or header.count(",") >= _MAX_RANGES:
        return None
    ranges = []
    for part in header.split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        kind, slash, subtype = name.lower().partition("/")
        quality = _weight(options)
        if not slash or not kind or not subtype or quality is None:
            return None
        ranges.append((kind, subtype, quality))
    return ranges


def _quality(media: str, ranges: Sequence[tuple[str, str, float]]) -> float:
    """That of the most specific range; 0 if none has the media type."""
    kind, _, subtype = media.partition("/")
    ranks = {(kind, subtype): 2, (kind, "*"): 1, ("*", "*"): 0}
    fitting = [(ranks[left, right], quality) for left, right, quality in ranges if (left, right) in ranks]
    return max(fitting)[1] if fitting else 0.0


def _weight(options: list[str]) -> float | None:
    """The quality of one range, 1 unless given; None when it is not a number from 0 to 1."""
    for option in options:
        name, _, value = option.partition("=")
        if name.strip().lower() == "q":
            try:
                weight = float(value)
            except ValueError:
                return None
            return weight if 0 <= weight <= 1 else None
    return 1.0
