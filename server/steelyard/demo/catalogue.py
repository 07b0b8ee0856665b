"""The items of the demo, read from catalogue.txt."""

import re
from collections.abc import Iterator
from importlib import resources

from steelyard.demo.people import ALICE, CAROL
from steelyard_contract import models as m

CURRENCY = "USD"
_SOLD_BY_CAROL = {"audio", "bicycles", "outdoor", "toys"}


def catalogue() -> Iterator[tuple[m.ItemCreate, int]]:
    """All items with the ids of their sellers: each line of the list in all its variants."""
    text = (resources.files("steelyard.demo") / "catalogue.txt").read_text("utf-8")
    number = 0
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        category, title, variants, prices, description = (part.strip() for part in line.split(" | "))
        first_price, step = map(int, prices.split(","))
        for at, variant in enumerate(variants.split(";")):
            number += 1
            price = first_price + at * step
            yield (
                m.ItemCreate(
                    sku=f"{category[:3].upper()}-{number:04}",
                    title=_capitalise(title.format(variant)),
                    description=_capitalise(description.format(variant)),
                    price=m.Price(amount=price, currency=CURRENCY),
                    category=category,
                    tags=_tags(title, category),
                    on_hand=_on_hand(number, price),
                    status=m.ItemStatusInput.draft if number % 37 == 0 else m.ItemStatusInput.active,
                ),
                CAROL if category in _SOLD_BY_CAROL else ALICE,
            )


def further_items(first: int, end: int) -> Iterator[tuple[m.ItemCreate, int]]:
    """Items with these numbers, which repeat the catalogue as numbered lots at other prices."""
    originals = list(catalogue())
    for number in range(first, end):
        draft, owner_id = originals[number % len(originals)]
        lot = number // len(originals)
        price = m.Price(amount=draft.price.amount + lot * 37 % 1000, currency=CURRENCY)
        change = {"sku": f"LOT-{number:07}", "title": f"{draft.title}, lot {lot}", "price": price, "status": m.ItemStatusInput.active}
        yield draft.model_copy(update=change), owner_id


def _capitalise(text: str) -> str:
    return re.sub(r"(?:^|\. )[a-z]", lambda start: start[0].upper(), text)


def _tags(title: str, category: str) -> list[str]:
    words = [word.strip(",:.()").lower() for word in title.split()]
    plain = [word for word in words if word.isalpha() and word.isascii() and len(word) > 3]
    return list(dict.fromkeys([*plain[:2], category]))


def _on_hand(number: int, price: int) -> int:
    """Every eleventh item is sold out and every ninth nearly so; of cheap items there are more."""
    if number % 11 == 0:
        return 0
    if number % 9 == 0:
        return 2
    return (8 + number * 7 % 140) * (10 if price < 1000 else 1)
