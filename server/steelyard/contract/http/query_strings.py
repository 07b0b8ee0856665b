"""Names and values of a query string or a form body (application/x-www-form-urlencoded), decoded strictly."""

import re
from binascii import a2b_qp

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Undecodable(ValueError):
    """An escape is malformed, or the decoded bytes are not UTF-8."""


def percent_decode(raw: bytes) -> str:
    """One name, value or path segment without its escapes."""
    if b"%" in raw:
        if _BROKEN_ESCAPE.search(raw):
            raise Undecodable
        # With another sign, an escape is one of quoted-printable (RFC 2045, section 6.7), which C decodes.
        raw = a2b_qp(raw.replace(b"=", b"%3D").replace(b"%", b"="))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable from error


def parse_pairs(raw: bytes) -> list[tuple[str, str | None]]:
    """In the order sent; a value that cannot be decoded is None. `?flag` is the empty string."""
    pairs: list[tuple[str, str | None]] = []
    for part in raw.replace(b"+", b" ").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            try:
                key = percent_decode(name)
            except Undecodable:
                pairs.append((name.decode("latin-1"), None))
                continue
            try:
                pairs.append((key, percent_decode(value)))
            except Undecodable:
                pairs.append((key, None))
    return pairs
