# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from steelyard_runtime.call import Call, Operation, json_body, members_of
from steelyard_runtime.model import UNSET, Unset

from ...models.basket_line import BasketLine, BasketLineDict
from ...models.money import Money, MoneyDict
from ...models.order import Order
from ...models.shipping_address_create import ShippingAddressCreate, ShippingAddressCreateDict

OPERATION: Operation[Order] = Operation(
    package="steelyard_client",
    key="create_order",
    name="createOrder",
    method="POST",
    path="/orders",
    parse=Order.from_dict,
    returns=(Order,),
    status=201,
    secured=True,
    optional=False,
    scopes=("orders:write",),
    keyed=True,
    guarded=False,
    safe=False,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotAcceptable",
        "InsufficientStock",
        "ItemUnavailable",
        "PriceChanged",
        "LimitReached",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "PromotionNotApplicable",
        "MixedSellers",
        "OwnItem",
        "CurrencyMismatch",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)

FORMS = (
    (
        frozenset({"product_id", "quantity"}),
        frozenset({"product_id", "quantity", "discount_code", "shipping_address_id", "shipping_address", "expected_total"}),
    ),
    (frozenset({"lines"}), frozenset({"lines", "discount_code", "shipping_address_id", "shipping_address", "expected_total"})),
)


def build(*, idempotency_key: str | None = None, body: dict[str, Any]) -> Call[Order]:
    """The call, from members that fit one form of the body."""
    return Call(
        OPERATION,
        "/orders",
        content=json_body(members_of("create_order", FORMS, body)),
        idempotency_key=idempotency_key,
    )


@overload
def call(
    *,
    product_id: int,
    quantity: int,
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Order]: ...
@overload
def call(
    *,
    lines: Sequence[BasketLine | BasketLineDict],
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Order]: ...
def call(*, idempotency_key: str | None = None, **body: Any) -> Call[Order]:
    """Place an order

    Reserves every unit and redeems the code, or does nothing at all. The new order is `pending` and holds its stock
    until it is paid, cancelled, or `expires_at` has passed.

    `Idempotency-Key` is required: make one per purchase and send the same one again when an answer got lost. Two
    requests with one key make one order and get the same answer.

    Put the `total` of a quote into `expected_total`, and a price that changed in the meantime is `price-changed`
    instead of a surprise. At most 20 of your orders can be pending at a time (`limit-reached`).

    Args:
        product_id: The `id` of the item. (1 or more)
        quantity: Units of it. More than 100 need a discount code. (1 to 1 000)
        discount_code: Upper and lower case count the same behind `PROMO-`. `null` or left out means none; `''` is
            refused. (up to 38 characters)
        shipping_address_id: One of your stored addresses. (1 or more)
        shipping_address: Where to send this one order. It is not added to your stored addresses.
        expected_total: What you expect to pay, from a quote. If it would be another amount, nothing is bought (`price-
            changed`).
        lines: What and how many, each item once. (1 to 50 entries)
        idempotency_key: Made for each call if left out, and kept over its attempts.

    Raises:
        errors.NotAuthenticated, errors.InvalidToken, errors.InsufficientScope, errors.NotAcceptable,
        errors.InsufficientStock, errors.ItemUnavailable, errors.PriceChanged, errors.LimitReached,
        errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed,
        errors.PromotionNotApplicable, errors.MixedSellers, errors.OwnItem, errors.CurrencyMismatch,
        errors.IdempotencyKeyReused, errors.RateLimited, errors.InternalError, errors.Unavailable
    """
    return build(idempotency_key=idempotency_key, body=body)
