"""The wire models of items."""

from datetime import UTC, datetime
from typing import Any

import pytest

from steelyard.contract.access.caller import Caller
from steelyard.contract.response.encoder import encode
from steelyard.features.items import views
from steelyard.paging.paginator import Page
from steelyard.settings import Settings
from steelyard.tables.items import ItemRow
from steelyard_contract import models as m

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LAMP: dict[str, Any] = dict.fromkeys(ItemRow._fields, 1) | {
    "sku": None,
    "title": "Lamp",
    "description": "",
    "category": None,
    "tags": "[]",
    "image_urls": "[]",
    "status": "active",
    "created_at": NOW,
    "updated_at": NOW,
}


@pytest.mark.parametrize("item_cache", [True, False])
def test_the_json_of_items_is_kept_unless_that_is_switched_off(item_cache: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[m.Item] = []

    def note_and_encode(item: m.Item) -> bytes:
        encoded.append(item)
        return encode(item)

    monkeypatch.setattr(views, "encode", note_and_encode)
    page = Page(rows=[ItemRow(**LAMP)], skip=0, limit=20, total=1, next_cursor=None, link=None)
    views.item_page_view(page, None, Settings(item_cache=item_cache), None)
    first = len(encoded)

    views.item_page_view(page, None, Settings(item_cache=item_cache), None)

    assert len(encoded) - first == (0 if item_cache else 1)


def test_a_kept_page_keeps_few_bodies_however_many_views_callers_have() -> None:
    page = Page(
        rows=[ItemRow(**LAMP | {"owner_id": number}) for number in range(10)],
        skip=0,
        limit=20,
        total=10,
        next_cursor=None,
        link=None,
        bodies={},
    )
    sellers = [Caller(number, "user", frozenset(), 1, "session", NOW) for number in range(10)]

    bodies = [views.item_page_view(page, caller, Settings(), None) for caller in (*sellers, *sellers)]

    assert bodies[:10] == bodies[10:]
    assert len(set(bodies)) == 10
    assert page.bodies is not None
    assert len(page.bodies) == 4
