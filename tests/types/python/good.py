"""Code as SDK users write it, and the types that it gets. It never runs: mypy and pyright check it, both strict."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import assert_type

import httpx

from steelyard_client import (
    Answer,
    AsyncSteelyard,
    FileTokens,
    Page,
    Pages,
    Retries,
    Steelyard,
    calls,
    errors,
    models,
    operations,
    webhooks,
)
from steelyard_client.testing import FakeSteelyard


def password() -> str:
    return "from a vault"


def synchronous() -> None:
    with Steelyard("https://shop.example", username="ann@example.com", password=password, retries=Retries(attempts=4)) as client:
        for item in client.items.list(search="lamp", sort=models.ItemSort.PRICE, limit=50, in_stock=True):
            assert_type(item, models.Item)
            assert_type(item.price.amount, int)
            assert_type(item.category, str | None)
            assert_type(item.created_at, datetime)
            assert_type(item.status, models.ItemStatus)
        assert_type(client.orders.list(status="pending", created_after=datetime.now(UTC)), Pages[models.OrderSummary])
        assert_type(client.items.list().page(), Page[models.Item])
        assert_type(client.items.list().page().total, int | None)

        order = client.orders.create(product_id=7, quantity=2, discount_code="PROMO-2026", expected_total={"amount": 1, "currency": "USD"})
        assert_type(order, models.Order)
        basket = client.orders.create(lines=[models.BasketLine(product_id=7, quantity=1), {"product_id": 8, "quantity": 2}])
        assert_type(basket.shipping_address, models.ShippingAddress | None)
        assert_type(client.orders.quote(product_id=7, quantity=2), models.Quote)
        draft: models.ItemCreateDict = {"title": "Lamp", "price": {"amount": 1999, "currency": "USD"}}
        assert_type(client.items.create(**draft), models.Item)

        profile = client.users.get(7)
        assert_type(profile, models.User | models.UserPublic | models.Unknown)
        if isinstance(profile, models.User):
            assert_type(profile.email, str)

        client.items.update(item_id=7, title="Lamp, brass", sku=None, if_match=client.items.get(7))
        assert_type(client.items.delete(7, if_match='"4"'), None)

        response = client.send(calls.get_item(7, if_none_match='"4"'))
        assert_type(response, Answer[models.Item])
        assert_type(response.value, models.Item)
        assert_type(response.etag, str | None)
        assert_type(client.call(calls.cancel_order(7, reason="late")), models.Order)
        with client.stream(calls.list_items()) as stream:
            for chunk in stream.iter_bytes():
                assert_type(chunk, bytes)


def problems(client: Steelyard) -> None:
    try:
        client.orders.create(product_id=7, quantity=2)
    except errors.InsufficientStock as problem:
        assert_type(problem.items, list[models.Shortage])
        assert_type(problem.request_id, str | None)
    except errors.ValidationFailed as problem:
        for violation in problem.errors:
            assert_type(violation.pointer, str | None)
            assert_type(violation.loc, list[str | int])
    except errors.PromotionNotApplicable as problem:
        assert_type(problem.reason, models.PromotionRefusal)
    except errors.ApiError as problem:
        assert_type(problem.status, int)
        assert_type(problem.retry_after, float | None)
    except errors.ConnectionFailed as failure:
        assert_type(failure.sent, bool)


async def asynchronous() -> None:
    http = httpx.AsyncClient(proxy="http://127.0.0.1:3128")
    async with AsyncSteelyard("https://shop.example", api_key="k", http=http) as client:
        assert_type(await client.users.get_current(), models.User)
        async for summary in client.orders.list(status=models.OrderStatus.PENDING):
            assert_type(summary.total, models.Money)
        quick = client.with_options(timeout=2, deadline=None, retries=Retries(attempts=1))
        assert_type(quick, AsyncSteelyard)
        assert_type(await quick.orders.cancel(7, reason="late"), models.Order)
        assert_type(await client.orders.create(lines=basket_of([7, 8])), models.Order)
        assert_type((await client.send(calls.get_root())).value.version, str)
    AsyncSteelyard("https://shop.example", tokens=FileTokens("~/.session"))


def basket_of(ids: Sequence[int]) -> list[models.BasketLine | models.BasketLineDict]:
    return [{"product_id": product_id, "quantity": 1} for product_id in ids]


def testing(order: models.Order) -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.get_item).on(operations.create_order, order, order)
        fake.on(operations.create_order, lambda _: order)
        fake.fail(operations.cancel_order, errors.OrderStateConflict, order_status="shipped")
        assert_type(fake.steelyard(), Steelyard)
        assert_type(fake.async_steelyard(), AsyncSteelyard)


def deliveries(body: bytes, headers: dict[str, str]) -> None:
    event = webhooks.read(body, headers, "whsec_c2VjcmV0")
    if isinstance(event, models.Unknown):
        print(event.extra)
