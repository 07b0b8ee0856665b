"""Which media type the caller of an operation gets (RFC 9110, section 12.5.1). Independent of the server."""

import re
from collections.abc import Sequence

_TOKEN = r"[\w!#$%&'*+.^`|~-]+"
_RANGE = re.compile(rf'({_TOKEN})/({_TOKEN})((?:\s*;\s*{_TOKEN}=(?:{_TOKEN}|"[^"]*"))*)', re.ASCII)
_QUALITY = re.compile(r";\s*q=([^;]*)", re.IGNORECASE)


def acceptable(offered: Sequence[str], accept: str | None) -> Sequence[str]:
    """The media type that fits an Accept header best; all of them if it is malformed, and none if it excludes all of them."""
    texts = [text.strip() for text in (accept or "").split(",") if text.strip()]
    ranges = [(match, _weight(match[3])) for text in texts if (match := _RANGE.fullmatch(text)) is not None]
    if len(ranges) < len(texts) or any(not 0 <= weight <= 1 for _, weight in ranges):
        return offered
    quality = dict.fromkeys(offered, 0.0 if ranges else 1.0)
    for wildcards in (2, 1, 0):  # the most specific range of a media type decides
        for media in offered:
            weights = [weight for match, weight in ranges if _fits(match, media, wildcards)]
            quality[media] = max(weights, default=quality[media])
    best = max(quality.values())
    return [media for media in offered if quality[media] == best][:1] if best > 0 else []


def _fits(match: re.Match[str], media: str, wildcards: int) -> bool:
    halves = [(match[half].lower(), own) for half, own in enumerate(media.split("/"), 1)]
    return all(named in {"*", own} for named, own in halves) and sum(named == "*" for named, _ in halves) == wildcards


def _weight(options: str) -> float:
    """The quality; -1 for a text that is none."""
    match = _QUALITY.search(options)
    if match is None:
        return 1.0
    return float(match[1]) if re.fullmatch(r"[01](\.[0-9]*)?", match[1].strip()) else -1.0
