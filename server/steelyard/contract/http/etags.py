"""Entity tags (RFC 9110, section 8.8.3): made from version numbers, compared for If-Match and If-None-Match."""

import re

from steelyard.contract.http.responses import RawResponse

# One tag of a list: W/ is allowed by the grammar; a weak tag never satisfies If-Match (RFC 9110, section 13.1.1).
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')

# What `etag` makes, without the quotes, in the words of the contract (headers.yaml).
_OWN = re.compile(r"([0-9]+)(?:[.][0-9]+)*o?")
# A 304 repeats these header fields of the 200 (RFC 9110, section 15.4.5).
_OF_UNCHANGED = frozenset({b"etag", b"cache-control"})


def etag(version: int, more: int | None = None, view: str = "") -> str:
    """`"3"`, `"3.7"`, `"3.7o"`: the version first, because that is the part If-Match compares; `view` distinguishes representations."""
    return f'"{version}{view}"' if more is None else f'"{version}.{more}{view}"'


def if_match_allows(if_match: str | None, version: int) -> bool:
    """Whether a write may go ahead: without the header, with `*`, or when one strong tag names this version."""
    if if_match is None or if_match.strip() == "*":
        return True
    return any(not weak and _version(tag) == str(version) for weak, tag in _tags(if_match))


def is_not_modified(if_none_match: str, current: str) -> bool:
    """Whether the caller already has this representation, so that a 304 is enough (weak comparison)."""
    if if_none_match == current or if_none_match.strip() == "*":
        return True
    return any(f'"{tag}"' == current for _, tag in _tags(if_none_match))


def revalidated(response: RawResponse, known: str) -> RawResponse:
    """The response, or 304 for a client that has this representation already."""
    kept = [header for header in response.headers if header[0] in _OF_UNCHANGED]
    tag = dict(kept).get(b"etag")
    if tag is None or not is_not_modified(known, tag.decode("latin-1")):
        return response
    return RawResponse(304, kept, b"")


def _tags(text: str) -> list[tuple[str, str]]:
    """The tags of a list, or none at all when any part of it is malformed."""
    tags, at = [], 0
    while at < len(text):
        match = _TAG.match(text, at)
        if match is None:
            return []
        tags.append((match[1] or "", match[2]))
        at = match.end()
    return tags


def _version(tag: str) -> str:
    """The part of a tag of this server that If-Match compares; nothing for any other tag."""
    own = _OWN.fullmatch(tag)
    return own[1] if own is not None else ""
