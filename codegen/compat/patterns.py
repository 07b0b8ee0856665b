"""Which of two patterns takes more. Patterns of the portable subset (P4) are regular languages, so this can be decided, not guessed.

A pattern is read into a term; `_after` gives the term for what may follow a character (a derivative, after Brzozowski). The first
language lies in the second when no sequence of characters leads to a place where the first may end and the second may not.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

Relation = Literal["same", "narrowed", "widened", "changed"]
# Ranges of code points.
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class In:
    """One character of these."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Then:
    """One after the other; the first is no sequence itself."""

    first: "Term"
    second: "Term"


@dataclass(frozen=True, slots=True)
class Or:
    """One of these, none of which is a choice itself; of none, nothing is right."""

    options: frozenset["Term"]


@dataclass(frozen=True, slots=True)
class Times:
    """As often as this; without a `most`, as often as one likes."""

    term: "Term"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more."""


Term: TypeAlias = In | Then | Or | Times | End
NEVER: Term = Or(frozenset())
END: Term = End()

LAST = 0x10FFFF
ANY: Term = In(((0, LAST),))
LINE_ENDS = ((0xA, 0xA), (0xD, 0xD), (0x2028, 0x2029))
ESCAPES = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
# Pairs of terms looked at before the question is given up.
PATIENCE = 20_000


def relation(old: str, new: str) -> Relation:
    """What became of the texts that a pattern takes; `changed` also where it cannot be told."""
    try:
        before, after = _Reader(old).whole(), _Reader(new).whole()
        kept, added = _within(before, after), not _within(after, before)
    except _Unclear:
        return "same" if old == new else "changed"
    if kept:
        return "widened" if added else "same"
    return "changed" if added else "narrowed"


class _Unclear(Exception):
    """Syntax beyond the portable subset, or more work than it is worth."""


class _Reader:
    """A pattern as a term."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> Term:
        """Patterns search: where no anchor stands, anything may."""
        starts, ends = self.took("^"), self.text.endswith("$") and not self.text.endswith("\\$")
        if ends:
            self.text = self.text[:-1]
        body = self.sequence()
        if self.text.startswith("|", self.at) and not (starts or ends):  # `^a|b$` anchors each half by one end only
            self.at += 1
            body = _or([body, self.choice()])
        if self.at != len(self.text):
            raise _Unclear
        anything = _times(ANY, 0, None)
        return _then(END if starts else anything, _then(body, END if ends else anything))

    def took(self, character: str) -> bool:
        found = self.text.startswith(character, self.at)
        self.at += found
        return found

    def next(self) -> str:
        if self.at == len(self.text):
            raise _Unclear
        self.at += 1
        return self.text[self.at - 1]

    def choice(self) -> Term:
        options = [self.sequence()]
        while self.took("|"):
            options.append(self.sequence())
        return _or(options)

    def sequence(self) -> Term:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.single()))
        found = END
        for part in reversed(parts):
            found = _then(part, found)
        return found

    def single(self) -> Term:
        character = self.next()
        if character == "(":
            if self.took("?") and not self.took(":"):
                raise _Unclear
            inner = self.choice()
            if not self.took(")"):
                raise _Unclear
            return inner
        if character == "[":
            return In(self.set())
        if character == ".":
            return In(_others(LINE_ENDS))
        if character in "^$*+?{}]":
            raise _Unclear
        point = self.escaped() if character == "\\" else ord(character)
        return In(((point, point),))

    def repeated(self, term: Term) -> Term:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.took(sign):
                term = _times(term, least, most)
                break
        else:
            if self.took("{"):
                least_text, comma, most_text = self.until("}").partition(",")
                if not least_text.isdecimal() or not (most_text.isdecimal() or not most_text):
                    raise _Unclear
                term = _times(term, int(least_text), int(most_text or least_text) if most_text or not comma else None)
        if self.text[self.at : self.at + 1] in ("*", "+", "?", "{"):
            raise _Unclear
        return term

    def until(self, end: str) -> str:
        found, _, rest = self.text[self.at :].partition(end)
        self.at = len(self.text) - len(rest)
        return found

    def set(self) -> Ranges:
        inverted, ranges = self.took("^"), []
        while not self.took("]"):
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
            raise _Unclear
        return ord(character)


def _others(ranges: list[tuple[int, int]] | Ranges) -> Ranges:
    """Every code point that is in none of the ranges."""
    found, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    return (*found, (at, LAST)) if at <= LAST else tuple(found)


def _then(first: Term, second: Term) -> Term:
    if NEVER in (first, second):
        return NEVER
    if first == END:
        return second
    if isinstance(first, Then):
        return Then(first.first, _then(first.second, second))
    return first if second == END else Then(first, second)


def _or(options: list[Term]) -> Term:
    found: set[Term] = set()
    for option in options:
        found |= option.options if isinstance(option, Or) else {option}
    return found.pop() if len(found) == 1 else Or(frozenset(found))


def _times(term: Term, least: int, most: int | None) -> Term:
    if most == 0 or term == END:
        return END
    return Times(term, 0 if _may_end(term) else least, most)


@lru_cache(maxsize=PATIENCE)
def _may_end(term: Term) -> bool:
    match term:
        case Then(first, second):
            return _may_end(first) and _may_end(second)
        case Or(options):
            return any(map(_may_end, options))
        case Times(_, least, _):
            return least == 0
    return term == END


@lru_cache(maxsize=PATIENCE)
def _after(term: Term, point: int) -> Term:
    """What may follow the character."""
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
    """Whether every text of one term is a text of the other."""
    # One character stands for all that no range tells apart from it.
    points = sorted({0} | _borders(inner) | _borders(outer))
    seen, waiting = {(inner, outer)}, [(inner, outer)]
    while waiting:
        one, other = waiting.pop()
        if _may_end(one) and not _may_end(other):
            return False
        for point in points:
            pair = (_after(one, point), _after(other, point))
            if pair[0] != NEVER and pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        if len(seen) > PATIENCE:
            raise _Unclear
    return True


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
