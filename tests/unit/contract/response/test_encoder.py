"""From the value of a handler to status, header fields and bytes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from steelyard.contract.http.responses import RawResponse
from steelyard.contract.response.encoder import TaggedBody, encode, encode_page, encoders
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


LIST_ITEMS = encoders(OPERATIONS["listItems"])["application/json"]


def page(items: list[m.Item]) -> m.ItemPage:
    return m.ItemPage.model_construct(items=items, skip=0, limit=20, total=len(items), next_cursor=None, search="é")


def sent(body: m.ItemPage | r.Encoded[m.ItemPage]) -> RawResponse:
    return LIST_ITEMS(r.ListItems200(body=body, link=None))


@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_a_page_of_encoded_items_is_sent_like_a_page_of_models(count: int) -> None:
    items = [item(number) for number in range(count)]

    encoded = encode_page(page([]), [encode(each) for each in items])

    assert json.loads(sent(encoded).body) == json.loads(sent(page(items)).body) | {"total": 0}
    assert encode_page(page(items), [encode(each) for each in items]) == sent(page(items)).body


def test_a_page_has_a_tag_of_its_bytes() -> None:
    first, second, other = sent(page([item(1)])), sent(encode(page([item(1)]))), sent(page([item(2)]))

    assert dict(first.headers)[b"etag"] == dict(second.headers)[b"etag"] != dict(other.headers)[b"etag"]


def test_a_tagged_body_is_sent_like_any_other() -> None:
    plain = encode(page([item(1)]))

    assert sent(TaggedBody(plain)) == sent(plain)


def test_a_client_that_knows_the_version_gets_a_304_without_a_body() -> None:
    get_item = encoders(OPERATIONS["getItem"])["application/json"]
    cannot_be_encoded: Any = object()

    unchanged = get_item(r.GetItem200(body=cannot_be_encoded, etag='"3.7"'), '"3.6", W/"3.7"')
    changed = get_item(r.GetItem200(body=item(1), etag='"3.7"'), '"3.6"')

    assert unchanged == RawResponse(304, [(b"etag", b'"3.7"')], b"")
    assert (changed.status, json.loads(changed.body)["id"]) == (200, 1)


def test_a_body_without_headers_is_returned_as_a_model_or_encoded() -> None:
    health = m.Health.model_construct(
        status=m.HealthStatus.ok,
        version="1",
        components=m.HealthComponents.model_construct(
            database=m.ComponentHealth.model_construct(status=m.ComponentStatus.ok, latency_ms=1),
            jobs=m.ComponentHealth.model_construct(status=m.ComponentStatus.ok, latency_ms=None),
            cache=None,
        ),
    )
    to_response = encoders(OPERATIONS["getHealth"])["application/json"]

    from_model, from_encoded = to_response(health), to_response(encode(health))

    assert from_model == from_encoded
    assert (from_model.status, json.loads(from_model.body)["status"]) == (200, "ok")


def test_a_response_of_another_operation_raises_a_type_error() -> None:
    with pytest.raises(TypeError, match="listItems returned GetItem200"):
        LIST_ITEMS(r.GetItem200(body=item(1), etag='"1"'))
