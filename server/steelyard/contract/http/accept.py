"""The Accept header (RFC 9110, section 12.5.1), as far as a server with one media type per response needs it."""

# Browsers send ten at the most.
_MAX_RANGES = 100


def accepts(header: str, media: str) -> bool:
    """Whether the caller can use that media type. A malformed or very long header excludes nothing."""
    if header.count(",") >= _MAX_RANGES:
        return True
    kind, _, subtype = media.partition("/")
    best: tuple[int, float] = (-1, 0.0)
    for part in header.split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        left, slash, right = name.lower().partition("/")
        if not slash or not left or not right:
            return True
        weight = _weight(options)
        if weight is None:
            return True
        rank = {(kind, subtype): 2, (kind, "*"): 1, ("*", "*"): 0}.get((left, right), -1)
        if rank >= 0:
            best = max(best, (rank, weight)) if rank == best[0] else (rank, weight) if rank > best[0] else best
    return best[1] > 0 or not header.strip()


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
