"""What a form says by the rules of OAuth 2 (RFC 6749, section 3.2): its schema speaks of the parameters that are left."""

from collections.abc import Collection, Iterable

MEDIA = "application/x-www-form-urlencoded"


def meaning(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> dict[str, str]:
    """The parameters with a known name and a value; ValueError where a known one is there twice."""
    known = [(name, value) for name, value in pairs if name in names]
    if len(known) != len(dict(known)):
        raise ValueError("a parameter is there twice")
    return {name: value for name, value in known if value}
