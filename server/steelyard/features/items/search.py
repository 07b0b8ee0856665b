"""Searches in items, alike on both databases: every word occurs somewhere in the item, in any case."""

from collections.abc import Sequence
from typing import NamedTuple

from steelyard.db.search_text import fold, like_pattern

# LIKE compares the word again at each place where its beginning occurs, which costs text times word. Up to this length that costs no
# more than a search whose time depends only on the text; for the usual text it costs a third.
MAX_SHORT_WORD = 8


def search_text(title: str, description: str, tags: Sequence[str]) -> str:
    """Return the contents of `items.search_text`. Words have no white space, so none matches across a line break."""
    return fold("\n".join([title, description, *tags]))


def search_words(search: str) -> list[str]:
    """The words that must occur, longest first, without words that are part of another one."""
    words: list[str] = []
    for word in sorted(set(fold(search).split()), key=lambda word: (-len(word), word)):
        if not any(word in longer for longer in words):
            words.append(word)
    return words


class Conditions(NamedTuple):
    """The arguments of a search (docs/decisions/0015): long words unchanged, short words as LIKE patterns."""

    long: list[str]
    short: list[str]


def conditions_of(search: str) -> Conditions:
    """Return the arguments; none if the search has no word, and so finds everything.

    A statement has one condition for each word. Repeating the last word makes both numbers powers of two, so that there are few statements.
    """
    words = search_words(search)
    short = [like_pattern(word) for word in words if len(word) <= MAX_SHORT_WORD]
    return Conditions(_filled_up([word for word in words if len(word) > MAX_SHORT_WORD]), _filled_up(short))


def _filled_up(each: list[str]) -> list[str]:
    return each + each[-1:] * ((1 << (len(each) - 1).bit_length()) - len(each)) if each else []
