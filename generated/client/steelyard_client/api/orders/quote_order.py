# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from steelyard_runtime.call import Call, Operation, json_body, members_of
from steelyard_runtime.model import UNSET, Unset

from ...models.basket_line import BasketLine, BasketLineDict
from ...models.money import Money, MoneyDict
from ...models.quote import Quote
from ...models.shipping_address_create import ShippingAddressCreate, ShippingAddressCreateDict

OPERATION: Operation[Quote] = Operation(
    package="steelyard_client",
    key="quote_order",
    name="quoteOrder",
    method="POST",
    path="/orders/quote",
    parse=Quote.from_dict,
    returns=(Quote,),
    status=200,
    secured=True,
    optional=True,
    keyed=False,
    guarded=False,
    safe=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "NotAcceptable",
        "ItemUnavailable",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
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


def build(body: dict[str, Any]) -> Call[Quote]:
    """The call, from members that fit one form of the body."""
    return Call(
        OPERATION,
        "/orders/quote",
        content=json_body(members_of("quote_order", FORMS, body)),
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
) -> Call[Quote]: ...
@overload
def call(
    *,
    lines: Sequence[BasketLine | BasketLineDict],
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
) -> Call[Quote]: ...
def call(**body: Any) -> Call[Quote]:
    """Price an order without placing it

    Takes the body of createOrder and answers what that order would cost now, computed by the same code. It changes and
    reserves nothing, so send it as often as the basket changes.

    Everything that would make the order fail and that the shopper can do something about (short stock, an unusable
    code, items of several sellers) comes as an entry of `obstacles`, all at once, with the lines still priced. Only an
    item that cannot be bought at all (unknown, draft, archived) is refused: `item-unavailable`.

    No login is needed. With a token the rules that depend on the buyer count, too: uses of a code per user, own items,
    open orders, stored addresses.

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

    Raises:
        errors.NotAuthenticated, errors.InvalidToken, errors.NotAcceptable, errors.ItemUnavailable, errors.BodyTooLarge,
        errors.UnsupportedMediaType, errors.ValidationFailed, errors.RateLimited, errors.InternalError,
        errors.Unavailable
    """
    return build(body=body)
