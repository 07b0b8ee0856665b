"""Texts for searches, compared alike on both databases."""

import unicodedata

from sqlalchemy import ColumnElement, Text, func, literal_column

# No wildcard, and not the backslash, which the databases read differently.
LIKE_ESCAPE = "!"


def fold(text: str) -> str:
    """Return the text for comparison, without the differences of case and of compatibility characters (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def like_pattern(text: str) -> str:
    """Return the LIKE pattern that finds the text anywhere; `%` and `_` in it are ordinary characters."""
    escaped = text.replace(LIKE_ESCAPE, LIKE_ESCAPE * 2).replace("%", LIKE_ESCAPE + "%").replace("_", LIKE_ESCAPE + "_")
    return f"%{escaped}%"


def contains_on_postgresql(text: ColumnElement[str], word: ColumnElement[str]) -> ColumnElement[bool]:
    """A regular expression that matches only the word: it reads each character of the text once, and the trigram index supports it."""
    return text.op("~", is_comparison=True)(func.textcat(literal_column("'***='", Text), word))


def contains_on_sqlite(text: ColumnElement[str], word: ColumnElement[str]) -> ColumnElement[bool]:
    """SQLite compares many bytes at once."""
    return func.instr(text, word) > 0
