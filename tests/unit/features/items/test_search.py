"""Which words find an item, alike on both databases."""

import random
import time
import unicodedata

import pytest

from steelyard.db.search_text import fold
from steelyard.features.items import service
from steelyard.features.items.search import conditions_of, search_text, search_words
from tests.unit.features.items.shop import Shop

FOUND = [
    ("brass", True),
    ("BRASS lamp", True),
    ("lamp brass", True),
    ("ras amp", True),  # parts of words
    ("brass torch", False),  # every word
    ("brasslamp", False),
    ("solid", True),  # the description
    ("desk-lamp", True),  # a tag
    ("lampsolid", False),  # title and description do not touch
    ("50%", True),
    ("5%", False),  # no wildcard
    ("%", True),
    ("_", False),
    ("b_ass", False),
    ("b%s", False),
    ("a\\b", True),
    ("\\", True),
    ("\\\\", False),
    ("!", True),
    ("!!", False),
    ("stra\u00dfe", True),
    ("STRASSE", True),
    ("\ufb01ne", True),  # the ligature fi
    ("fine", True),
    ("\uff22\uff32\uff21\uff33\uff33", True),  # full width BRASS
    ("\u0130stanbul", True),  # a capital I with a dot, case-folded
    ("caf\u00e9", True),
    ("cafe\u0301", True),  # the accent apart
    ("cafe", False),
    ("\u6f22\u5b57", True),
    ("'; DROP TABLE items; --", False),
    ('"', False),
    ("   ", True),  # no word at all
    ("\u00a0brass\u3000LAMP\t", True),
]


@pytest.mark.parametrize(("search", "is_found"), FOUND)
async def test_an_item_is_found_when_every_word_occurs_in_it(shop: Shop, search: str, is_found: bool) -> None:
    seller = await shop.user()
    description = "Solid, 50% off! a\\b Stra\u00dfe \ufb01ne \u0130stanbul Caf\u00e9 \u6f22\u5b57"
    await shop.offer(seller, "Brass lamp", description=description, tags=["desk-lamp"])
    await shop.offer(seller, "Nothing of the kind")

    page = await shop.listed(search=search)

    assert ("Brass lamp" in {row.title for row in page.rows}) is is_found
    assert page.total == len(page.rows)


@pytest.mark.slow
async def test_both_databases_agree_with_plain_python_about_any_text(shop: Shop) -> None:
    chance = random.Random(7)
    alphabet = [
        "a",
        "A",
        "b",
        "%",
        "_",
        "\\",
        "!",
        " ",
        "\u00df",
        "\u0130",
        "\u0131",
        "\u03c2",
        "\u03a3",
        "\ufb01",
        "\u00a8",
        "\u0345",
        "\U0001f4a1",
    ]
    seller = await shop.user()
    titles = {"".join(chance.choices(alphabet, k=chance.randint(1, 8))) + "." for _ in range(60)}
    for title in titles:
        await shop.offer(seller, title)

    for _ in range(120):
        search = "".join(chance.choices(alphabet, k=chance.randint(1, 5)))
        expected = {title for title in titles if all(word in fold(title) for word in fold(search).split())}
        assert await shop.titles(search=search) == expected, ascii(search)


def test_a_word_that_is_part_of_another_adds_no_condition() -> None:
    assert search_words("lamp desk-LAMP amp lamp") == ["desk-lamp"]


@pytest.mark.parametrize(("words", "conditions"), [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (50, 64)])
def test_numbers_of_words_share_few_statements(words: int, conditions: int) -> None:
    search = " ".join(chr(0x4E00 + number) for number in range(words))

    patterns = conditions_of(search).short

    assert len(patterns) == conditions
    assert len(set(patterns)) == words


async def test_a_search_may_have_as_many_words_as_fit_in_it(shop: Shop) -> None:
    seller = await shop.user()
    words = " ".join(chr(0x4E00 + number) for number in range(50))
    await shop.offer(seller, "Dictionary", description=words)

    assert await shop.titles(search=words) == {"Dictionary"}
    assert await shop.titles(search=words[:-1] + "x") == set()


def test_folding_again_changes_nothing() -> None:
    every = [chr(code) for code in range(0x11_0000) if not 0xD800 <= code < 0xE000]

    assert [text for text in every if fold(fold(text)) != fold(text)] == []
    assert search_text("\u0130", "", []) == unicodedata.normalize("NFKC", "i\u0307") + "\n"


@pytest.mark.parametrize("length", [2, 8, 9, 40])
@pytest.mark.parametrize("text", ["%", "_", "!", ".", "*", "\\", "(", "$", "ä", "aß"])
async def test_a_word_of_any_length_is_literal(shop: Shop, text: str, length: int) -> None:
    word = (text * length)[:length]
    seller = await shop.user()
    await shop.offer(seller, "Found", description=f"before{word}after")
    await shop.offer(seller, "Other", description="before" + "x" * length + "after")

    assert await shop.titles(search=word) == {"Found"}


# The last letter, the first one, and one in the middle is not there.
@pytest.mark.parametrize("word", ["a" * 99 + "b", "b" + "a" * 99, "a" * 50 + "b" + "a" * 49], ids=["end", "begin", "middle"])
async def test_the_cost_of_a_search_depends_on_the_texts_and_hardly_on_the_word(shop: Shop, word: str) -> None:
    seller = await shop.user()
    for _ in range(30):
        await shop.offer(seller, "Rope", description="a" * 9900 + " aab bab baa")

    async def cost(search: str) -> float:
        """The shortest of five runs, in seconds."""
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            assert await shop.titles(search=search) == set()
            taken.append(time.perf_counter() - began)
        return min(taken)

    # If the whole word were compared at each place of the text, one of twelve times the length would take twelve times as long.
    assert await cost(word) < 5 * await cost("a" * 7 + "b")


async def test_a_search_that_takes_too_long_is_cancelled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    seller = await shop.user()
    await shop.offer(seller, "Rope")
    monkeypatch.setattr(service, "SEARCH_TIMEOUT_S", 0)

    with pytest.raises(TimeoutError):
        await shop.titles(search="rope")

    assert await shop.titles() == {"Rope"}
