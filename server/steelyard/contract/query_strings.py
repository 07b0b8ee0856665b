"""Names and values of a query string or a form body (application/x-www-form-urlencoded), decoded strictly."""

from urllib.parse import unquote_to_bytes


class Undecodable(ValueError):
    """An escape is broken, or what it stands for is not UTF-8."""


def decode(raw: bytes) -> str:
    """One name, value or path segment without its escapes."""
    if b"%" not in raw:
        try:
            return raw.decode("ascii") if raw.isascii() else raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Undecodable from error
    if raw.count(b"%") != sum(_is_escape(raw[at : at + 3]) for at in range(len(raw)) if raw[at] == 0x25):
        raise Undecodable
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable from error


def pairs(raw: bytes) -> list[tuple[str, str | None]]:
    """In the order sent; a value that cannot be decoded is None. `?flag` is the empty string."""
    found: list[tuple[str, str | None]] = []
    for part in raw.replace(b"+", b" ").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            try:
                key = decode(name)
            except Undecodable:
                found.append((name.decode("latin-1"), None))
                continue
            try:
                found.append((key, decode(value)))
            except Undecodable:
                found.append((key, None))
    return found


def _is_escape(text: bytes) -> bool:
    return len(text) == 3 and all(byte in b"0123456789abcdefABCDEF" for byte in text[1:])
