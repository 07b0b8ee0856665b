"""The header Content-Disposition (RFC 6266): the name under which a browser saves a response."""

from urllib.parse import quote

# What an `ext-value` has as it is (RFC 8187, section 3.2.1).
_PLAIN = "!#$&+-.^_`|~"
_MAX_NAME = 100


def attachment(name: str) -> str:
    """The value for a file of this name, of which the last 100 characters are kept.

    Path separators, quotes and control characters become `_`. Names beyond ASCII are in there twice, for old programs without them.
    """
    safe = "".join(char if char.isprintable() and char not in '/\\":;%' else "_" for char in name[-_MAX_NAME:]).strip(". ") or "_"
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    extended = "" if plain == safe else f"; filename*=UTF-8''{quote(safe, safe=_PLAIN)}"
    return f'attachment; filename="{plain}"{extended}'
