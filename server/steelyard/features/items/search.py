"""What a search means, for both databases alike: every word of it occurs somewhere in an item, whatever the case."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

# Any character would do that is no wildcard; not the backslash, which the databases do not read alike.
ESCAPE = "!"
# LIKE compares the whole word again at each place where its beginning occurs, which takes text times word. Up to here that is no more
# than what a search takes whose time depends on the text alone; for the usual text it is a third.
MAX_OF_A_SHORT_WORD = 8


def folded(text: str) -> str:
    """The text as it is compared: compatibility characters (NFKC) and case make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def search_text(title: str, description: str, tags: Sequence[str]) -> str:
    """What `items.search_text` stores. Words cannot match across the line breaks, because they contain no white space."""
    return folded("\n".join([title, description, *tags]))


def search_words(search: str) -> list[str]:
    """The words that must occur, longest first; a word that is part of another one asks for nothing more."""
    words: list[str] = []
    for word in sorted(set(folded(search).split()), key=lambda word: (-len(word), word)):
        if not any(word in longer for longer in words):
            words.append(word)
    return words


class Conditions(NamedTuple):
    """What a search asks for, by how it is looked for (docs/decisions/0015): long words as they are, short ones as LIKE patterns."""

    long: list[str]
    short: list[str]


def conditions_of(search: str) -> Conditions:
    """The conditions for the words; none when the search holds no word and so finds everything.

    A statement has one condition a word. Both numbers are powers of two, by repeating the last one, so that few statements do.
    """
    words = search_words(search)
    short = [f"%{_literal(word)}%" for word in words if len(word) <= MAX_OF_A_SHORT_WORD]
    return Conditions(_filled_up([word for word in words if len(word) > MAX_OF_A_SHORT_WORD]), _filled_up(short))


def _filled_up(each: list[str]) -> list[str]:
    return each + each[-1:] * ((1 << (len(each) - 1).bit_length()) - len(each)) if each else []


def _literal(word: str) -> str:
    return word.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
