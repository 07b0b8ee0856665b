"""What a search means, for both databases alike: every word of it occurs somewhere in an item, whatever the case."""

import unicodedata
from collections.abc import Sequence

# Any character would do that is no wildcard; not the backslash, which the databases do not read alike.
ESCAPE = "!"


def folded(text: str) -> str:
    """The text as it is compared: compatibility characters (NFKC) and case make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def text_of(title: str, description: str, tags: Sequence[str]) -> str:
    """What `items.search_text` stores. Words cannot match across the line breaks, because they contain no white space."""
    return folded("\n".join([title, description, *tags]))


def words_of(search: str) -> list[str]:
    """The words that must occur, longest first; a word that is part of another one asks for nothing more."""
    words: list[str] = []
    for word in sorted(set(folded(search).split()), key=lambda word: (-len(word), word)):
        if not any(word in longer for longer in words):
            words.append(word)
    return words


def patterns_of(search: str) -> list[str]:
    """LIKE patterns for the words; none when the search holds no word and so finds everything.

    A statement has one condition a pattern. Their number is a power of two, by repeating the last one, so that few statements do.
    """
    patterns = [f"%{_literal(word)}%" for word in words_of(search)]
    if not patterns:
        return []
    return patterns + patterns[-1:] * ((1 << (len(patterns) - 1).bit_length()) - len(patterns))


def _literal(word: str) -> str:
    return word.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
