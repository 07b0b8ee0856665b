"""The wire models of items."""

from datetime import UTC, datetime
from typing import Any

import pytest

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
