# `nox -s generate`: never edit.
"""The tag `orders`: each operation as a constant and as a function that builds its call, and all of them as methods."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from steelyard_runtime.async_client import AsyncResource
from steelyard_runtime.call import (
    Call,
    headers as _headers,
    json_body as _json_body,
    match_variant as _match_variant,
    query as _query,
    segment as _segment,
)
from steelyard_runtime.client import Resource
from steelyard_runtime.model import UNSET, Unset
from steelyard_runtime.operation import Link, Operation
from steelyard_runtime.pages import AsyncPages, Pages

from ..models.orders import Order, OrderSummaryPage, Quote

if TYPE_CHECKING:
    from ..models.inputs import (
        BasketLine,
        BasketLineDict,
        MoneyDict,
        OrderRole,
        OrderSort,
        ShippingAddressCreate,
        ShippingAddressCreateDict,
    )
    from ..models.orders import Money, OrderStatus, OrderSummary

QUOTE_ORDER: Operation[Quote] = Operation(
    package="steelyard_client",
    key="quote_order",
    name="quoteOrder",
    method="POST",
    path="/orders/quote",
    parse=Quote.from_dict,
    returns=(Quote,),
    secured=True,
    optional=True,
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

QUOTE_ORDER_FORMS = (
    (
        frozenset({"product_id", "quantity"}),
        frozenset({"product_id", "quantity", "discount_code", "shipping_address_id", "shipping_address", "expected_total"}),
    ),
    (frozenset({"lines"}), frozenset({"lines", "discount_code", "shipping_address_id", "shipping_address", "expected_total"})),
)


@overload
def quote_order(
    *,
    product_id: int,
    quantity: int,
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
) -> Call[Quote]: ...
@overload
def quote_order(
    *,
    lines: Sequence[BasketLine | BasketLineDict],
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
) -> Call[Quote]: ...
def quote_order(**body: Any) -> Call[Quote]:
    """Price an order without placing it: POST /orders/quote."""
    return Call(
        QUOTE_ORDER,
        "/orders/quote",
        content=_json_body(_match_variant("quote_order", QUOTE_ORDER_FORMS, body)),
    )


LIST_ORDERS: Operation[OrderSummaryPage] = Operation(
    package="steelyard_client",
    key="list_orders",
    name="listOrders",
    method="GET",
    path="/orders",
    parse=OrderSummaryPage.from_dict,
    returns=(OrderSummaryPage,),
    secured=True,
    scopes=("orders:read",),
    link=Link("cursor", "next_cursor", (("skip", "0"),)),
    problems=(
        "InvalidCursor",
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "StaffRequired",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def list_orders(
    *,
    skip: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
    role: OrderRole | Literal["buyer", "seller", "all"] | Unset = UNSET,
    status: OrderStatus | Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"] | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: OrderSort | Literal["-created_at", "created_at"] | Unset = UNSET,
) -> Call[OrderSummaryPage]:
    """List orders: GET /orders."""
    return Call(
        LIST_ORDERS,
        "/orders",
        query=_query(
            skip=skip,
            limit=limit,
            cursor=cursor,
            role=role,
            status=status,
            created_after=created_after,
            created_before=created_before,
            sort=sort,
        ),
    )


CREATE_ORDER: Operation[Order] = Operation(
    package="steelyard_client",
    key="create_order",
    name="createOrder",
    method="POST",
    path="/orders",
    parse=Order.from_dict,
    returns=(Order,),
    status=201,
    secured=True,
    scopes=("orders:write",),
    keyed=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "EmailNotVerified",
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

CREATE_ORDER_FORMS = (
    (
        frozenset({"product_id", "quantity"}),
        frozenset({"product_id", "quantity", "discount_code", "shipping_address_id", "shipping_address", "expected_total"}),
    ),
    (frozenset({"lines"}), frozenset({"lines", "discount_code", "shipping_address_id", "shipping_address", "expected_total"})),
)


@overload
def create_order(
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
def create_order(
    *,
    lines: Sequence[BasketLine | BasketLineDict],
    discount_code: str | None | Unset = UNSET,
    shipping_address_id: int | Unset = UNSET,
    shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
    expected_total: Money | MoneyDict | Unset = UNSET,
    idempotency_key: str | None = None,
) -> Call[Order]: ...
def create_order(*, idempotency_key: str | None = None, **body: Any) -> Call[Order]:
    """Place an order: POST /orders."""
    return Call(
        CREATE_ORDER,
        "/orders",
        content=_json_body(_match_variant("create_order", CREATE_ORDER_FORMS, body)),
        idempotency_key=idempotency_key,
    )


GET_ORDER: Operation[Order] = Operation(
    package="steelyard_client",
    key="get_order",
    name="getOrder",
    method="GET",
    path="/orders/{order_id}",
    parse=Order.from_dict,
    returns=(Order,),
    secured=True,
    scopes=("orders:read",),
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "OrderNotFound",
        "NotAcceptable",
        "ValidationFailed",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def get_order(order_id: int, *, if_none_match: str | None = None) -> Call[Order]:
    """Get an order: GET /orders/{order_id}."""
    return Call(
        GET_ORDER,
        f"/orders/{_segment(order_id)}",
        headers=_headers(
            ("If-None-Match", if_none_match),
        ),
    )


CANCEL_ORDER: Operation[Order] = Operation(
    package="steelyard_client",
    key="cancel_order",
    name="cancelOrder",
    method="POST",
    path="/orders/{order_id}/cancel",
    parse=Order.from_dict,
    returns=(Order,),
    secured=True,
    scopes=("orders:write", "sales:write"),
    keyed=True,
    media="application/json",
    problems=(
        "NotAuthenticated",
        "InvalidToken",
        "InsufficientScope",
        "NotPermitted",
        "OrderNotFound",
        "NotAcceptable",
        "OrderStateConflict",
        "IdempotencyInProgress",
        "BodyTooLarge",
        "UnsupportedMediaType",
        "ValidationFailed",
        "IdempotencyKeyReused",
        "RateLimited",
        "InternalError",
        "Unavailable",
    ),
)


def cancel_order(order_id: int, *, reason: str, reference: str | Unset = UNSET, idempotency_key: str | None = None) -> Call[Order]:
    """Cancel an order: POST /orders/{order_id}/cancel."""
    return Call(
        CANCEL_ORDER,
        f"/orders/{_segment(order_id)}/cancel",
        content=_json_body({"reason": reason, "reference": reference}),
        idempotency_key=idempotency_key,
    )


class Orders(Resource):
    """`client.orders`."""

    @overload
    def quote(
        self,
        *,
        product_id: int,
        quantity: int,
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Quote: ...
    @overload
    def quote(
        self,
        *,
        lines: Sequence[BasketLine | BasketLineDict],
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Quote: ...
    def quote(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET, **body: Any) -> Quote:
        """Price an order without placing it

        Takes the body of createOrder and returns what that order would cost now, computed by the same code. It changes
        and reserves nothing, so send it whenever the basket changes.

        Everything that would make the order fail and that the buyer can correct (insufficient stock, an unusable code,
        items of several sellers) is an entry of `obstacles`; the lines are priced anyway. Only an item that cannot be
        bought at all (unknown, draft, archived) is a problem: `item-unavailable`.

        No login is needed. With a token, the rules that depend on the buyer are checked, too: uses of a code per user,
        own items, open orders, stored addresses.

        Args:
            product_id: The `id` of the item. (1 or more)
            quantity: The number of units. More than 100 need a discount code. (1 to 1 000)
            discount_code: Case does not matter after `PROMO-`. `null` or left out means no code; `''` is invalid. (up
                to 38 characters)
            shipping_address_id: One of your stored addresses. (1 or more)
            shipping_address: The shipping address of this order. It is not added to your stored addresses.
            expected_total: The total that you expect, from a quote. If the total differs, nothing is ordered (`price-
                changed`).
            lines: The items to order, each in one line. (1 to 50 entries)

        Raises:
            errors.NotAcceptable, errors.ItemUnavailable, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        build: Any = quote_order
        call: Call[Quote] = build(**body)
        return self._client.call(call, timeout=timeout, headers=headers)

    def list(
        self,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        role: OrderRole | Literal["buyer", "seller", "all"] | Unset = UNSET,
        status: OrderStatus | Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"] | Unset = UNSET,
        created_after: datetime.datetime | Unset = UNSET,
        created_before: datetime.datetime | Unset = UNSET,
        sort: OrderSort | Literal["-created_at", "created_at"] | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Pages[OrderSummary]:
        """List orders

        The orders that you placed or, with `role=seller`, those that you received. `role=all` lists all orders and is
        for staff (`staff-required`).

        Summaries only: lines, payments and history are in getOrder. `total` is counted up to 10001, which means 'more
        than 10000', and may miss changes by others for up to 5 seconds.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)
            role: Your role in the orders. ('buyer' if left out)
            status: Only orders with this status.
            created_after: Only orders placed after this moment.
            created_before: Only orders placed before this moment.
            sort: The order of the list. ('-created_at' if left out)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.StaffRequired, errors.NotAcceptable
        """
        return Pages(
            self._client,
            list_orders(
                skip=skip,
                limit=limit,
                cursor=cursor,
                role=role,
                status=status,
                created_after=created_after,
                created_before=created_before,
                sort=sort,
            ),
            timeout=timeout,
            headers=headers,
        )

    @overload
    def create(
        self,
        *,
        product_id: int,
        quantity: int,
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order: ...
    @overload
    def create(
        self,
        *,
        lines: Sequence[BasketLine | BasketLineDict],
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order: ...
    def create(
        self, *, idempotency_key: str | None = None, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET, **body: Any
    ) -> Order:
        """Place an order

        Reserves every unit and redeems the code, or changes nothing. The new order is `pending` and reserves its stock
        until it is paid or cancelled, or until `expires_at`.

        `Idempotency-Key` is required: create one key per purchase and send the same key again if the response was lost.
        Two requests with one key create one order and get the same response.

        Send the `total` of a quote as `expected_total`: if the price has changed in the meantime, you get `price-
        changed` and order nothing. At most 20 of your orders can be pending at a time (`limit-reached`). A marketplace
        may require that your e-mail address is verified (`email-not-verified`).

        Args:
            product_id: The `id` of the item. (1 or more)
            quantity: The number of units. More than 100 need a discount code. (1 to 1 000)
            discount_code: Case does not matter after `PROMO-`. `null` or left out means no code; `''` is invalid. (up
                to 38 characters)
            shipping_address_id: One of your stored addresses. (1 or more)
            shipping_address: The shipping address of this order. It is not added to your stored addresses.
            expected_total: The total that you expect, from a quote. If the total differs, nothing is ordered (`price-
                changed`).
            lines: The items to order, each in one line. (1 to 50 entries)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.EmailNotVerified, errors.NotAcceptable, errors.InsufficientStock,
            errors.ItemUnavailable, errors.PriceChanged, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.PromotionNotApplicable, errors.MixedSellers,
            errors.OwnItem, errors.CurrencyMismatch, errors.IdempotencyKeyReused
        """
        build: Any = create_order
        call: Call[Order] = build(idempotency_key=idempotency_key, **body)
        return self._client.call(call, timeout=timeout, headers=headers)

    def get(self, order_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Order:
        """Get an order

        For its buyer, its seller and staff. Other callers get `order-not-found`, exactly as for an id that does not
        exist.

        Args:
            order_id: The id of the order. (1 or more)

        Raises:
            errors.InsufficientScope, errors.OrderNotFound, errors.NotAcceptable
        """
        return self._client.call(get_order(order_id), timeout=timeout, headers=headers)

    def cancel(
        self,
        order_id: int,
        *,
        reason: str,
        reference: str | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order:
        """Cancel an order

        The buyer, the seller and admins can cancel a pending order: reserved units become available and the code counts
        as unused. The seller and admins can cancel a paid order; its units go back into stock and the payment is
        refunded. The buyer of a paid order gets `not-permitted` where refunds are made by hand.

        A shipped, delivered, expired or cancelled order cannot be cancelled (`order-state-conflict`).

        Args:
            order_id: The id of the order. (1 or more)
            reason: One line, shown to buyer and seller. (1 to 200 characters)
            reference: The seller's reference for a refund that was made outside of Steelyard. (1 to 200 characters)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.OrderNotFound, errors.NotAcceptable,
            errors.OrderStateConflict, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.IdempotencyKeyReused
        """
        return self._client.call(
            cancel_order(order_id, reason=reason, reference=reference, idempotency_key=idempotency_key), timeout=timeout, headers=headers
        )


class AsyncOrders(AsyncResource):
    """`client.orders`."""

    @overload
    async def quote(
        self,
        *,
        product_id: int,
        quantity: int,
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Quote: ...
    @overload
    async def quote(
        self,
        *,
        lines: Sequence[BasketLine | BasketLineDict],
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Quote: ...
    async def quote(self, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET, **body: Any) -> Quote:
        """Price an order without placing it

        Takes the body of createOrder and returns what that order would cost now, computed by the same code. It changes
        and reserves nothing, so send it whenever the basket changes.

        Everything that would make the order fail and that the buyer can correct (insufficient stock, an unusable code,
        items of several sellers) is an entry of `obstacles`; the lines are priced anyway. Only an item that cannot be
        bought at all (unknown, draft, archived) is a problem: `item-unavailable`.

        No login is needed. With a token, the rules that depend on the buyer are checked, too: uses of a code per user,
        own items, open orders, stored addresses.

        Args:
            product_id: The `id` of the item. (1 or more)
            quantity: The number of units. More than 100 need a discount code. (1 to 1 000)
            discount_code: Case does not matter after `PROMO-`. `null` or left out means no code; `''` is invalid. (up
                to 38 characters)
            shipping_address_id: One of your stored addresses. (1 or more)
            shipping_address: The shipping address of this order. It is not added to your stored addresses.
            expected_total: The total that you expect, from a quote. If the total differs, nothing is ordered (`price-
                changed`).
            lines: The items to order, each in one line. (1 to 50 entries)

        Raises:
            errors.NotAcceptable, errors.ItemUnavailable, errors.BodyTooLarge, errors.UnsupportedMediaType
        """
        build: Any = quote_order
        call: Call[Quote] = build(**body)
        return await self._client.call(call, timeout=timeout, headers=headers)

    def list(
        self,
        *,
        skip: int | Unset = UNSET,
        limit: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        role: OrderRole | Literal["buyer", "seller", "all"] | Unset = UNSET,
        status: OrderStatus | Literal["pending", "paid", "shipped", "delivered", "cancelled", "expired"] | Unset = UNSET,
        created_after: datetime.datetime | Unset = UNSET,
        created_before: datetime.datetime | Unset = UNSET,
        sort: OrderSort | Literal["-created_at", "created_at"] | Unset = UNSET,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> AsyncPages[OrderSummary]:
        """List orders

        The orders that you placed or, with `role=seller`, those that you received. `role=all` lists all orders and is
        for staff (`staff-required`).

        Summaries only: lines, payments and history are in getOrder. `total` is counted up to 10001, which means 'more
        than 10000', and may miss changes by others for up to 5 seconds.

        Args:
            skip: Items to skip. Use it for numbered pages; entries that are added in the meantime shift them. To walk a
                whole list, use `cursor`. (0 to 10 000; 0 if left out)
            limit: The maximum number of items on a page. (1 to 100; 20 if left out)
            cursor: `next_cursor` of the previous page, unchanged. It is opaque, signed and tied to the operation, its
                filters and its sort: send the same filters and sort, and leave out `skip`. A walk by cursor returns
                each entry once, even while entries are being added. (1 to 2 048 characters)
            role: Your role in the orders. ('buyer' if left out)
            status: Only orders with this status.
            created_after: Only orders placed after this moment.
            created_before: Only orders placed before this moment.
            sort: The order of the list. ('-created_at' if left out)

        Raises:
            errors.InvalidCursor, errors.InsufficientScope, errors.StaffRequired, errors.NotAcceptable
        """
        return AsyncPages(
            self._client,
            list_orders(
                skip=skip,
                limit=limit,
                cursor=cursor,
                role=role,
                status=status,
                created_after=created_after,
                created_before=created_before,
                sort=sort,
            ),
            timeout=timeout,
            headers=headers,
        )

    @overload
    async def create(
        self,
        *,
        product_id: int,
        quantity: int,
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order: ...
    @overload
    async def create(
        self,
        *,
        lines: Sequence[BasketLine | BasketLineDict],
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | ShippingAddressCreateDict | Unset = UNSET,
        expected_total: Money | MoneyDict | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order: ...
    async def create(
        self, *, idempotency_key: str | None = None, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET, **body: Any
    ) -> Order:
        """Place an order

        Reserves every unit and redeems the code, or changes nothing. The new order is `pending` and reserves its stock
        until it is paid or cancelled, or until `expires_at`.

        `Idempotency-Key` is required: create one key per purchase and send the same key again if the response was lost.
        Two requests with one key create one order and get the same response.

        Send the `total` of a quote as `expected_total`: if the price has changed in the meantime, you get `price-
        changed` and order nothing. At most 20 of your orders can be pending at a time (`limit-reached`). A marketplace
        may require that your e-mail address is verified (`email-not-verified`).

        Args:
            product_id: The `id` of the item. (1 or more)
            quantity: The number of units. More than 100 need a discount code. (1 to 1 000)
            discount_code: Case does not matter after `PROMO-`. `null` or left out means no code; `''` is invalid. (up
                to 38 characters)
            shipping_address_id: One of your stored addresses. (1 or more)
            shipping_address: The shipping address of this order. It is not added to your stored addresses.
            expected_total: The total that you expect, from a quote. If the total differs, nothing is ordered (`price-
                changed`).
            lines: The items to order, each in one line. (1 to 50 entries)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.EmailNotVerified, errors.NotAcceptable, errors.InsufficientStock,
            errors.ItemUnavailable, errors.PriceChanged, errors.LimitReached, errors.IdempotencyInProgress,
            errors.BodyTooLarge, errors.UnsupportedMediaType, errors.PromotionNotApplicable, errors.MixedSellers,
            errors.OwnItem, errors.CurrencyMismatch, errors.IdempotencyKeyReused
        """
        build: Any = create_order
        call: Call[Order] = build(idempotency_key=idempotency_key, **body)
        return await self._client.call(call, timeout=timeout, headers=headers)

    async def get(self, order_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET) -> Order:
        """Get an order

        For its buyer, its seller and staff. Other callers get `order-not-found`, exactly as for an id that does not
        exist.

        Args:
            order_id: The id of the order. (1 or more)

        Raises:
            errors.InsufficientScope, errors.OrderNotFound, errors.NotAcceptable
        """
        return await self._client.call(get_order(order_id), timeout=timeout, headers=headers)

    async def cancel(
        self,
        order_id: int,
        *,
        reason: str,
        reference: str | Unset = UNSET,
        idempotency_key: str | None = None,
        timeout: float | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Order:
        """Cancel an order

        The buyer, the seller and admins can cancel a pending order: reserved units become available and the code counts
        as unused. The seller and admins can cancel a paid order; its units go back into stock and the payment is
        refunded. The buyer of a paid order gets `not-permitted` where refunds are made by hand.

        A shipped, delivered, expired or cancelled order cannot be cancelled (`order-state-conflict`).

        Args:
            order_id: The id of the order. (1 or more)
            reason: One line, shown to buyer and seller. (1 to 200 characters)
            reference: The seller's reference for a refund that was made outside of Steelyard. (1 to 200 characters)
            idempotency_key: Made for each call if left out, and kept over its attempts.

        Raises:
            errors.InsufficientScope, errors.NotPermitted, errors.OrderNotFound, errors.NotAcceptable,
            errors.OrderStateConflict, errors.IdempotencyInProgress, errors.BodyTooLarge, errors.UnsupportedMediaType,
            errors.IdempotencyKeyReused
        """
        return await self._client.call(
            cancel_order(order_id, reason=reason, reference=reference, idempotency_key=idempotency_key), timeout=timeout, headers=headers
        )
