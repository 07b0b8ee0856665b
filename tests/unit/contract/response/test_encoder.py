"""From what handlers return to bytes."""

import json
from datetime import UTC, datetime

import pytest

from steelyard.contract.http.responses import RawResponse
from steelyard.contract.response.encoder import ResponseEncoder, encode
from steelyard_contract import models as m
from steelyard_contract import responses as r
from steelyard_contract.operations import OPERATIONS

SINCE = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


def item(item_id: int) -> m.Item:
    return m.Item.model_construct(
        id=item_id,
        owner_id=7,
        sku=None,
        title='A "lamp"',
        description="",
        category=None,
        tags=["brass"],
        image_urls=[],
        price=m.Price.model_construct(amount=1999, currency="USD"),
        status=m.ItemStatus.active,
        available=3,
        on_hand=None,
        reserved=None,
        created_at=SINCE,
        updated_at=SINCE,
        version=1,
    )


def page(items: list[m.Item]) -> RawResponse:
    body = m.ItemPage.model_construct(items=items, skip=0, limit=20, total=len(items), next_cursor=None, search="é")
    return ResponseEncoder(OPERATIONS["listItems"])(r.ListItems200(body=body, link=None))


@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_page_says_the_same_whether_its_items_were_encoded_before_or_not(count: int) -> None:
    items = [item(number) for number in range(count)]

    assert page([encode(each) for each in items]) == page(items)


def test_a_page_of_nothing_is_a_page() -> None:
    assert json.loads(page([]).body)["items"] == []


def test_a_page_is_tagged_by_what_it_says() -> None:
    first, second, other = page([item(1)]), page([encode(item(1))]), page([item(2)])

    assert dict(first.headers)[b"etag"] == dict(second.headers)[b"etag"] != dict(other.headers)[b"etag"]


def test_what_no_reply_of_the_operation_is_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="listItems returned GetItem200"):
        ResponseEncoder(OPERATIONS["listItems"])(r.GetItem200(body=item(1), etag='"1"'))
