"""The parameters of a form by the rules of OAuth 2 (RFC 6749, section 3.2): its schema covers only those that remain."""

from collections.abc import Collection, Iterable

MEDIA = "application/x-www-form-urlencoded"


def meaning(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> dict[str, str]:
    """The parameters with a known name and a value; ValueError if a known one occurs twice."""
    known = [(name, value) for name, value in pairs if name in names]
    if len(known) != len(dict(known)):
        raise ValueError("a parameter occurs twice")
    return {name: value for name, value in known if value}
