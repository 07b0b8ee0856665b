"""Which of two patterns accepts more: single cases, and a comparison with all short texts."""

import itertools
import random
import re

import pytest

from codegen.compat.patterns import Relation, may_hold, relation

OPPOSITE: dict[Relation, Relation] = {"narrowed": "widened", "widened": "narrowed"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("^[A-Z]{3}$", "^[A-Z]{3,4}$", "widened"),
        ("^[A-Z]{3}$", r"^[^\u0000]*$", "widened"),
        ("^PROMO-[A-Z0-9-]{1,32}$", "^PROMO-[A-Za-z0-9-]{1,32}$", "widened"),
        ("^[12][0-9]{3}-", "^[0-9]{4}-", "widened"),
        ("^a{2,}$", "^a+$", "widened"),
        ("^a$", "a", "widened"),
        ("^a.*$", "^a", "widened"),
        ("^a$", "^b$", "changed"),
        ("^[a-m]+$", "^[h-z]+$", "changed"),
        ("^(a|b)*$", "^[ab]*$", "same"),
        ("^(a+)+$", "^a+$", "same"),
        ("^[0-9]{5}(-[0-9]{4})?$", "^[0-9]{5}(?:-[0-9]{4})?$", "same"),
        ("^[a-]$", "^[-a]$", "same"),
        (r"^\x41$", "^A$", "same"),
        (r"^\.\$$", r"^[.][$]$", "same"),
        ("^(a|b)$", "^[ab]$", "same"),
        ("a|b", "[ab]", "same"),
        (r"^[\t\n]$", r"^[\u0009-\u000a]$", "same"),
        ("^(a|)$", "^a?$", "same"),
    ],
)
def test_the_relation_of_two_patterns_is_decided(old: str, new: str, expected: Relation) -> None:
    assert relation(old, new) == expected
    assert relation(new, old) == OPPOSITE.get(expected, expected)


@pytest.mark.parametrize(
    "pattern", [r"^\d$", "^a|b$", "^(?=a)a$", r"^(a)\1$", "^a**$", "^[a$", "^a)$", "^{$", "^a{x}$", "^(?i:a)$", r"^\ba$"]
)
def test_an_undecidable_pattern_is_changed_unless_it_is_the_same(pattern: str) -> None:
    assert relation(pattern, pattern) == "same"
    assert relation(pattern, "^z$") == "changed"
    assert relation("^z$", pattern) == "changed"


def test_a_comparison_with_too_many_pairs_is_a_change() -> None:
    assert relation("^.*a.{14}$", "^.*b.{14}$") == "changed"


def invented(chance: random.Random, depth: int = 2) -> str:
    if depth == 0:
        return chance.choice(["a", "b", "[ab]", "[^a]", "."])
    kind = chance.randrange(4)
    part = invented(chance, depth - 1)
    if kind == 0:
        return part + invented(chance, depth - 1)
    if kind == 1:
        return f"({part}|{invented(chance, depth - 1)})"
    return f"({part}){chance.choice(['*', '+', '?', '{2}', '{1,2}'])}" if kind == 2 else part


MAX_LENGTH = 5


def test_the_relation_agrees_with_all_short_texts() -> None:
    chance = random.Random(42)
    texts = ["".join(letters) for length in range(MAX_LENGTH + 1) for letters in itertools.product("abc\n", repeat=length)]
    seen: dict[Relation, int] = {}
    for _ in range(800):
        old, new = (f"^{invented(chance)}$" for _ in range(2))
        before, after = ({text for text in texts if re.fullmatch(pattern[1:-1], text)} for pattern in (old, new))
        decided = relation(old, new)
        seen[decided] = seen.get(decided, 0) + 1

        if decided in ("same", "widened"):
            assert before <= after, (old, new, decided)
        if decided in ("same", "narrowed"):
            assert before >= after, (old, new, decided)
        if decided == "changed":  # if short texts do not show it, longer texts do
            is_shown, is_long = before - after and after - before, not before or not after or max(map(len, before | after)) == MAX_LENGTH
            assert is_shown or is_long, (old, new)
    assert min(seen.get(decided, 0) for decided in ("same", "widened", "narrowed", "changed")) >= 5, seen


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^[a-z]+$", "-", False),
        ("^[a-z-]+$", "-", True),
        ("^[a-z]+", "-", True),
        ("^(?:a|b-)c$", "b-c", True),
        ("^(?:a|b-)c$", "-b", False),
        ("^a{2}$", "aa", True),
        ("^a{2}$", "aaa", False),
        (r"^[^,]*$", ",", False),
        (r"^\w+$", ",", True),
    ],
)
def test_whether_a_text_occurs_in_what_a_pattern_accepts(pattern: str, text: str, *, expected: bool) -> None:
    assert may_hold(pattern, text) is expected
