"""Which of two patterns accepts more. Patterns of the portable subset (P4) are regular languages, so this is decidable.

A pattern is parsed into a term; `_after` returns the term for the text after a character (a derivative, after Brzozowski). The first
language is within the second if no sequence of characters leads to a state where the first may end and the second may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Relation = Literal["same", "narrowed", "widened", "changed"]
# Ranges of code points.
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class In:
    """A single character from these ranges."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Then:
    """Two terms in sequence; the first is no sequence itself."""

    first: "Term"
    second: "Term"


@dataclass(frozen=True, slots=True)
class Or:
    """A choice between options, none of which is a choice itself; without options it accepts no text."""

    options: frozenset["Term"]


@dataclass(frozen=True, slots=True)
class Times:
    """A repetition; without a `most` it has no limit."""

    term: "Term"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class End:
    """The empty text."""


Term: TypeAlias = In | Then | Or | Times | End
NEVER: Term = Or(frozenset())
END: Term = End()

LAST = 0x10FFFF
ANY: Term = In(((0, LAST),))
LINE_ENDS = ((0xA, 0xA), (0xD, 0xD), (0x2028, 0x2029))
ESCAPES = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
# Pairs of terms that a comparison visits before it gives up.
MAX_PAIRS = 20_000


def relation(old: str, new: str) -> Relation:
    """How the set of accepted texts changes; `changed` also if it cannot be decided."""
    try:
        before, after = _Parser(old).pattern(), _Parser(new).pattern()
        kept, added = _within(before, after), not _within(after, before)
    except _Undecidable:
        return "same" if old == new else "changed"
    if kept:
        return "widened" if added else "same"
    return "changed" if added else "narrowed"


def may_hold(pattern: str, text: str) -> bool:
    """Whether a text that the pattern accepts can have that text in it; True also if it cannot be decided."""
    anything, sought = _times(ANY, 0, None), END
    for character in reversed(text):
        sought = _then(In(((ord(character), ord(character)),)), sought)
    try:
        pairs = _pairs(_Parser(pattern).pattern(), _then(anything, _then(sought, anything)))
        return any(_may_end(first) and _may_end(second) for first, second in pairs)
    except _Undecidable:
        return True


class _Undecidable(Exception):
    """Syntax beyond the portable subset, or more than MAX_PAIRS."""


class _Parser:
    """Parses a pattern into a term."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def pattern(self) -> Term:
        """Patterns search: without an anchor, any text may precede or follow."""
        starts, ends = self.accept("^"), self.text.endswith("$") and not self.text.endswith("\\$")
        if ends:
            self.text = self.text[:-1]
        body = self.sequence()
        if self.text.startswith("|", self.at) and not (starts or ends):  # `^a|b$` anchors each half at one end only
            self.at += 1
            body = _or([body, self.choice()])
        if self.at != len(self.text):
            raise _Undecidable
        anything = _times(ANY, 0, None)
        return _then(END if starts else anything, _then(body, END if ends else anything))

    def accept(self, character: str) -> bool:
        is_next = self.text.startswith(character, self.at)
        self.at += is_next
        return is_next

    def next(self) -> str:
        if self.at == len(self.text):
            raise _Undecidable
        self.at += 1
        return self.text[self.at - 1]

    def choice(self) -> Term:
        options = [self.sequence()]
        while self.accept("|"):
            options.append(self.sequence())
        return _or(options)

    def sequence(self) -> Term:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.single()))
        term = END
        for part in reversed(parts):
            term = _then(part, term)
        return term

    def single(self) -> Term:
        character = self.next()
        if character == "(":
            if self.accept("?") and not self.accept(":"):
                raise _Undecidable
            inner = self.choice()
            if not self.accept(")"):
                raise _Undecidable
            return inner
        if character == "[":
            return In(self.set())
        if character == ".":
            return In(_others(LINE_ENDS))
        if character in "^$*+?{}]":
            raise _Undecidable
        point = self.escaped() if character == "\\" else ord(character)
        return In(((point, point),))

    def repeated(self, term: Term) -> Term:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.accept(sign):
                term = _times(term, least, most)
                break
        else:
            if self.accept("{"):
                least_text, comma, most_text = self.until("}").partition(",")
                if not least_text.isdecimal() or not (most_text.isdecimal() or not most_text):
                    raise _Undecidable
                term = _times(term, int(least_text), int(most_text or least_text) if most_text or not comma else None)
        if self.text[self.at : self.at + 1] in ("*", "+", "?", "{"):
            raise _Undecidable
        return term

    def until(self, end: str) -> str:
        text, _, rest = self.text[self.at :].partition(end)
        self.at = len(self.text) - len(rest)
        return text

    def set(self) -> Ranges:
        inverted, ranges = self.accept("^"), []
        while not self.accept("]"):
            first = self.member()
            # A hyphen at the end stands for itself.
            is_range = self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at)
            self.at += is_range
            ranges.append((first, self.member() if is_range else first))
        return _others(ranges) if inverted else tuple(sorted(ranges))

    def member(self) -> int:
        character = self.next()
        return self.escaped() if character == "\\" else ord(character)

    def escaped(self) -> int:
        character = self.next()
        if character in ("u", "x"):
            digits = self.text[self.at : self.at + (4 if character == "u" else 2)]
            self.at += len(digits)
            return int(digits, 16)
        if character in ESCAPES:
            return ord(ESCAPES[character])
        if character.isalnum():  # \d, \w, \b, \1 ...
            raise _Undecidable
        return ord(character)


def _others(ranges: list[tuple[int, int]] | Ranges) -> Ranges:
    """The ranges of all other code points."""
    gaps, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            gaps.append((at, low - 1))
        at = max(at, high + 1)
    return (*gaps, (at, LAST)) if at <= LAST else tuple(gaps)


def _then(first: Term, second: Term) -> Term:
    if NEVER in (first, second):
        return NEVER
    if first == END:
        return second
    if isinstance(first, Then):
        return Then(first.first, _then(first.second, second))
    return first if second == END else Then(first, second)


def _or(options: list[Term]) -> Term:
    flat: set[Term] = set()
    for option in options:
        flat |= option.options if isinstance(option, Or) else {option}
    return flat.pop() if len(flat) == 1 else Or(frozenset(flat))


def _times(term: Term, least: int, most: int | None) -> Term:
    if most == 0 or term == END:
        return END
    return Times(term, 0 if _may_end(term) else least, most)


@lru_cache(maxsize=MAX_PAIRS)
def _may_end(term: Term) -> bool:
    match term:
        case Then(first, second):
            return _may_end(first) and _may_end(second)
        case Or(options):
            return any(map(_may_end, options))
        case Times(_, least, _):
            return least == 0
    return term == END


@lru_cache(maxsize=MAX_PAIRS)
def _after(term: Term, point: int) -> Term:
    """The term for the text after the character."""
    match term:
        case In(ranges):
            return END if any(low <= point <= high for low, high in ranges) else NEVER
        case Then(first, second):
            follows = _then(_after(first, point), second)
            return _or([follows, _after(second, point)]) if _may_end(first) else follows
        case Or(options):
            return _or([_after(option, point) for option in options])
        case Times(once, least, most):
            return _then(_after(once, point), _times(once, max(least - 1, 0), None if most is None else most - 1))
    return NEVER


def _within(inner: Term, outer: Term) -> bool:
    """Whether the outer term accepts every text of the inner term."""
    return not any(_may_end(first) and not _may_end(second) for first, second in _pairs(inner, outer))


def _pairs(left: Term, right: Term) -> Iterator[tuple[Term, Term]]:
    """What is left of both terms after each text that the left one may begin with."""
    # A single character represents all characters in the same ranges.
    points = sorted({0} | _borders(left) | _borders(right))
    seen, waiting = {(left, right)}, [(left, right)]
    while waiting:
        first, second = waiting.pop()
        yield first, second
        for point in points:
            pair = (_after(first, point), _after(second, point))
            if pair[0] != NEVER and pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        if len(seen) > MAX_PAIRS:
            raise _Undecidable


def _borders(term: Term) -> set[int]:
    match term:
        case In(ranges):
            return {border for low, high in ranges for border in (low, high + 1) if border <= LAST}
        case Then(first, second):
            return _borders(first) | _borders(second)
        case Or(options):
            return set[int]().union(*map(_borders, options))
        case Times(once, _, _):
            return _borders(once)
    return set()
