"""What `q` of listUsers means, on both databases alike: the text occurs in the name or the address, whatever the case."""

import unicodedata

# Any character would do that is no wildcard; not the backslash, which the databases do not read alike.
ESCAPE = "!"


def folded(text: str) -> str:
    """The text as it is compared: compatibility characters (NFKC) and case make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def search_text(name: str, email: str) -> str:
    """What `users.search_text` stores."""
    return folded(f"{name}\n{email}")


def like_pattern(q: str) -> str:
    """The LIKE pattern for a text; `%` and `_` in it are ordinary characters."""
    literal = folded(q).replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
    return f"%{literal}%"
