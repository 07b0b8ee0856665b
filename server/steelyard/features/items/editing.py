"""Merge patches of items: the fields before and after, without I/O."""

from typing import NamedTuple

from pydantic import MISSING
from pydantic_core import from_json

from steelyard.features.items.search import search_text
from steelyard.tables.items import ItemRow
from steelyard_contract import models as m


class ItemFields(NamedTuple):
    """The fields of an item that its owner writes."""

    sku: str | None
    title: str
    description: str
    category: str | None
    tags: list[str]
    image_urls: list[str]
    price: int
    status: str

    @property
    def search_text(self) -> str:
        """The text that searches read."""
        return search_text(self.title, self.description, self.tags)


def new_fields(draft: m.ItemCreate) -> ItemFields:
    """The fields of a new item; missing members have the contract's default, or null."""
    return ItemFields(
        sku=None if draft.sku is MISSING else draft.sku,
        title=draft.title,
        description=draft.description,
        category=None if draft.category is MISSING else draft.category,
        tags=draft.tags,
        image_urls=draft.image_urls,
        price=draft.price.amount,
        status=draft.status.value,
    )


def fields_of(row: ItemRow) -> ItemFields:
    return ItemFields(
        sku=row.sku,
        title=row.title,
        description=row.description,
        category=row.category,
        tags=from_json(row.tags),
        image_urls=from_json(row.image_urls),
        price=row.price,
        status=row.status,
    )


def apply_patch(fields: ItemFields, patch: m.ItemPatch) -> ItemFields:
    """The fields after the patch (RFC 7396): missing members stay, null clears."""
    return ItemFields(
        sku=fields.sku if patch.sku is MISSING else patch.sku,
        title=fields.title if patch.title is MISSING else patch.title,
        description=fields.description if patch.description is MISSING else patch.description,
        category=fields.category if patch.category is MISSING else patch.category,
        tags=fields.tags if patch.tags is MISSING else patch.tags,
        image_urls=fields.image_urls if patch.image_urls is MISSING else patch.image_urls,
        price=fields.price if patch.price is MISSING else patch.price.amount,
        status=fields.status if patch.status is MISSING else patch.status.value,
    )


def changed_fields(before: ItemFields, after: ItemFields) -> list[str]:
    """The names of the fields that differ."""
    return [name for name, old, new in zip(ItemFields._fields, before, after, strict=True) if old != new]
