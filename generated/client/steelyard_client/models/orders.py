# `nox -s generate`: never edit.
"""Objects and enumerations of the contract: responses of the tag `orders`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members

from .common import PaymentProvider, Price


class Money(Model):
    """An amount of money as a whole number of minor units. `1999` `USD` is 19.99 dollars."""

    amount: int
    """Minor units."""
    currency: str
    """ISO 4217. A marketplace has one currency; getPublicData names it."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, amount: int, currency: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.amount = data["amount"]
        self.currency = data["currency"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class Quote(Model):
    """What an order would cost now. Nothing is reserved: between quote and order, another buyer may take the last unit. `orderable` is true exactly when `obstacles` is empty."""

    lines: list[QuoteLine]
    """The lines of the request, with prices."""
    subtotal: Money
    """Price times quantity, over all lines."""
    discount: Money
    """The discount of the code; 0 if it cannot be used."""
    tax: Money
    """Tax on `subtotal` less `discount`."""
    total: Money
    """The amount to pay: `subtotal` less `discount` plus `tax`. Send it as `expected_total` of the order."""
    discount_code: str | None
    """The code that was applied, in upper case; `null` if none was sent or it cannot be used."""
    orderable: bool
    """Whether this order would be accepted now."""
    obstacles: list[Obstacle]
    """Every reason why this order would fail now."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        lines: list[QuoteLine],
        subtotal: Money,
        discount: Money,
        tax: Money,
        total: Money,
        discount_code: str | None,
        orderable: bool,
        obstacles: list[Obstacle],
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = [QuoteLine.from_dict(value) for value in data["lines"]]
        self.subtotal = Money.from_dict(data["subtotal"])
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.discount_code = data["discount_code"]
        self.orderable = data["orderable"]
        self.obstacles = [Obstacle.from_dict(value) for value in data["obstacles"]]
        self.extra = {} if len(data) == 8 else unknown_members(data, cls.NAMES)
        return self


class QuoteLine(Model):
    """One line of a quote."""

    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """The title of the item."""
    unit_price: Price
    """The price of one unit."""
    quantity: int
    """The number of requested units."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    available: int
    """Units that can be ordered now."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        product_id: int,
        sku: str | None,
        title: str,
        unit_price: Price,
        quantity: int,
        discount: Money,
        tax: Money,
        total: Money,
        available: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.product_id = data["product_id"]
        self.sku = data["sku"]
        self.title = data["title"]
        self.unit_price = Price.from_dict(data["unit_price"])
        self.quantity = data["quantity"]
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.available = data["available"]
        self.extra = {} if len(data) == 9 else unknown_members(data, cls.NAMES)
        return self


class Obstacle(Model):
    """A reason why this order would fail now."""

    type: ObstacleType
    """The problem type that createOrder would return, without `/problems/`."""
    detail: str
    """The `detail` of that problem."""
    product_id: int | None
    """The item concerned; `null` if the reason concerns the whole order."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, type: ObstacleType, detail: str, product_id: int | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = ObstacleType.of(data["type"])
        self.detail = data["detail"]
        self.product_id = data["product_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class ObstacleType(OpenEnum):
    """The problem type that createOrder would return, without `/problems/`."""

    INSUFFICIENT_STOCK = "insufficient-stock"
    PRICE_CHANGED = "price-changed"
    LIMIT_REACHED = "limit-reached"
    PROMOTION_NOT_APPLICABLE = "promotion-not-applicable"
    MIXED_SELLERS = "mixed-sellers"
    OWN_ITEM = "own-item"
    CURRENCY_MISMATCH = "currency-mismatch"


class Order(Model):
    """An order. Titles, prices, tax and address are copies from the time when it was placed; later edits of the items do not change them. Buyer, seller and staff see the same members."""

    id: int
    """The id of the order."""
    buyer_id: int
    """The user who placed the order."""
    seller_id: int
    """The user who sells its items."""
    status: OrderStatus
    """`pending`: stock is reserved and the order is not paid. `paid`: the stock is sold. `shipped`: on its way. `delivered`: arrived. `cancelled`: cancelled by the buyer, the seller or an admin. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    payment_status: PaymentStatus
    """Whether an order is paid. It counts units; `refunded` means that every unit is refunded."""
    lines: list[OrderLine]
    """The lines, in the order of the request."""
    subtotal: Money
    """Price times quantity, over all lines."""
    discount: Money
    """The discount of the code."""
    tax: Money
    """Tax on `subtotal` less `discount`."""
    total: Money
    """The amount to pay: `subtotal` less `discount` plus `tax`."""
    refunded: Money
    """The amount that has been refunded."""
    discount_code: str | None
    """The code that was redeemed, in upper case."""
    shipping_address: ShippingAddress | None
    """`null` if the order has no address, or if the buyer's account was deleted."""
    payments: list[Payment]
    """Payment attempts, oldest first."""
    refunds: list[Refund]
    """Refunds, oldest first."""
    shipment: Shipment | None
    """The shipment; `null` until the order is shipped."""
    history: list[OrderTransition]
    """The statuses that the order has had, oldest first; the last one is `status`."""
    expires_at: datetime.datetime | None
    """When a pending order expires; `null` with any other status."""
    created_at: datetime.datetime
    """When the order was placed."""
    updated_at: datetime.datetime
    """When the order last changed."""
    version: int
    """Increases with each change."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        buyer_id: int,
        seller_id: int,
        status: OrderStatus,
        payment_status: PaymentStatus,
        lines: list[OrderLine],
        subtotal: Money,
        discount: Money,
        tax: Money,
        total: Money,
        refunded: Money,
        discount_code: str | None,
        shipping_address: ShippingAddress | None,
        payments: list[Payment],
        refunds: list[Refund],
        shipment: Shipment | None,
        history: list[OrderTransition],
        expires_at: datetime.datetime | None,
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.buyer_id = data["buyer_id"]
        self.seller_id = data["seller_id"]
        self.status = OrderStatus.of(data["status"])
        self.payment_status = PaymentStatus.of(data["payment_status"])
        self.lines = [OrderLine.from_dict(value) for value in data["lines"]]
        self.subtotal = Money.from_dict(data["subtotal"])
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.refunded = Money.from_dict(data["refunded"])
        self.discount_code = data["discount_code"]
        self.shipping_address = None if data["shipping_address"] is None else ShippingAddress.from_dict(data["shipping_address"])
        self.payments = [Payment.from_dict(value) for value in data["payments"]]
        self.refunds = [Refund.from_dict(value) for value in data["refunds"]]
        self.shipment = None if data["shipment"] is None else Shipment.from_dict(data["shipment"])
        self.history = [OrderTransition.from_dict(value) for value in data["history"]]
        self.expires_at = None if data["expires_at"] is None else datetime.datetime.fromisoformat(data["expires_at"])
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 21 else unknown_members(data, cls.NAMES)
        return self


class OrderStatus(OpenEnum):
    """`pending`: stock is reserved and the order is not paid. `paid`: the stock is sold. `shipped`: on its way. `delivered`: arrived. `cancelled`: cancelled by the buyer, the seller or an admin. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentStatus(OpenEnum):
    """Whether an order is paid. It counts units; `refunded` means that every unit is refunded."""

    UNPAID = "unpaid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class OrderLine(Model):
    """One line of an order."""

    id: int
    """The id of the line. Refunds call it `line_id`."""
    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """The title of the item."""
    unit_price: Price
    """The price of one unit."""
    quantity: int
    """The number of ordered units."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    refunded_quantity: int
    """The number of refunded units."""
    refunded: Money
    """The amount that has been refunded for this line."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        product_id: int,
        sku: str | None,
        title: str,
        unit_price: Price,
        quantity: int,
        discount: Money,
        tax: Money,
        total: Money,
        refunded_quantity: int,
        refunded: Money,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.product_id = data["product_id"]
        self.sku = data["sku"]
        self.title = data["title"]
        self.unit_price = Price.from_dict(data["unit_price"])
        self.quantity = data["quantity"]
        self.discount = Money.from_dict(data["discount"])
        self.tax = Money.from_dict(data["tax"])
        self.total = Money.from_dict(data["total"])
        self.refunded_quantity = data["refunded_quantity"]
        self.refunded = Money.from_dict(data["refunded"])
        self.extra = {} if len(data) == 11 else unknown_members(data, cls.NAMES)
        return self


class ShippingAddress(Model):
    """A copy of the shipping address from the time when the order was placed."""

    name: str
    """The name of the recipient."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    country: str
    """ISO 3166-1 alpha-2 code."""
    zip_code: str
    """Postal code."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, name: str, street: str, city: str, country: str, zip_code: str) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.name = data["name"]
        self.street = data["street"]
        self.city = data["city"]
        self.country = data["country"]
        self.zip_code = data["zip_code"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self


class Payment(Model):
    """An attempt to pay an order."""

    id: int
    """The id of the attempt."""
    provider: PaymentProvider
    """`manual`: paid outside of Steelyard and recorded by the seller. `sandbox`: simulated payments, for tests."""
    status: PaymentAttemptStatus
    """`started`: the provider has not responded yet. `succeeded`, `declined`: its response. `failed`: the attempt did not reach the provider."""
    amount: Money
    """The amount to pay."""
    reference: str | None
    """The reference that the provider or the seller uses."""
    decline_reason: DeclineReason | None
    """`null` unless the payment was declined."""
    created_at: datetime.datetime
    """When the attempt started."""
    settled_at: datetime.datetime | None
    """When the outcome became known; `null` while the status is `started`."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        provider: PaymentProvider,
        status: PaymentAttemptStatus,
        amount: Money,
        reference: str | None,
        decline_reason: DeclineReason | None,
        created_at: datetime.datetime,
        settled_at: datetime.datetime | None,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.provider = PaymentProvider.of(data["provider"])
        self.status = PaymentAttemptStatus.of(data["status"])
        self.amount = Money.from_dict(data["amount"])
        self.reference = data["reference"]
        self.decline_reason = None if data["decline_reason"] is None else DeclineReason.of(data["decline_reason"])
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.settled_at = None if data["settled_at"] is None else datetime.datetime.fromisoformat(data["settled_at"])
        self.extra = {} if len(data) == 8 else unknown_members(data, cls.NAMES)
        return self


class PaymentAttemptStatus(OpenEnum):
    """`started`: the provider has not responded yet. `succeeded`, `declined`: its response. `failed`: the attempt did not reach the provider."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"


class DeclineReason(OpenEnum):
    """Why the provider declined the payment."""

    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired"
    SUSPECTED_FRAUD = "suspected_fraud"


class Refund(Model):
    """A refund for some units of an order."""

    id: int
    """The id of the refund."""
    order_id: int
    """The refunded order."""
    status: RefundStatus
    """`started`: the provider has not responded yet. `succeeded`: the money was refunded. `failed`: nothing was refunded."""
    lines: list[RefundLine]
    """The refunded units, by line."""
    amount: Money
    """The refunded amount, over all lines."""
    restock: bool
    """Whether the units go back into stock."""
    reason: str
    """The reason for the refund."""
    reference: str | None
    """The reference that the provider or the seller uses."""
    created_at: datetime.datetime
    """When the attempt started."""
    settled_at: datetime.datetime | None
    """When the outcome became known; `null` while the status is `started`."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        order_id: int,
        status: RefundStatus,
        lines: list[RefundLine],
        amount: Money,
        restock: bool,
        reason: str,
        reference: str | None,
        created_at: datetime.datetime,
        settled_at: datetime.datetime | None,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.order_id = data["order_id"]
        self.status = RefundStatus.of(data["status"])
        self.lines = [RefundLine.from_dict(value) for value in data["lines"]]
        self.amount = Money.from_dict(data["amount"])
        self.restock = data["restock"]
        self.reason = data["reason"]
        self.reference = data["reference"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.settled_at = None if data["settled_at"] is None else datetime.datetime.fromisoformat(data["settled_at"])
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self


class RefundStatus(OpenEnum):
    """`started`: the provider has not responded yet. `succeeded`: the money was refunded. `failed`: nothing was refunded."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundLine(Model):
    """Refunded units of one order line."""

    line_id: int
    """The `id` of the order line."""
    quantity: int
    """The number of units."""
    amount: Money
    """The amount refunded for these units."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, line_id: int, quantity: int, amount: Money) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.line_id = data["line_id"]
        self.quantity = data["quantity"]
        self.amount = Money.from_dict(data["amount"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class Shipment(Model):
    """The shipment of an order."""

    carrier: str
    """The name of the carrier."""
    tracking_number: str | None
    """The tracking number of the carrier."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, carrier: str, tracking_number: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.carrier = data["carrier"]
        self.tracking_number = data["tracking_number"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class OrderTransition(Model):
    """A change of an order's status."""

    status: OrderStatus
    """`pending`: stock is reserved and the order is not paid. `paid`: the stock is sold. `shipped`: on its way. `delivered`: arrived. `cancelled`: cancelled by the buyer, the seller or an admin. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    at: datetime.datetime
    """When the status changed."""
    actor_id: int | None
    """The user who changed the status; `null` for Steelyard itself."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, status: OrderStatus, at: datetime.datetime, actor_id: int | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = OrderStatus.of(data["status"])
        self.at = datetime.datetime.fromisoformat(data["at"])
        self.actor_id = data["actor_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class OrderSummaryPage(Model):
    """A page of orders."""

    items: list[OrderSummary]
    """In the order of `sort`."""
    skip: int | None
    """The number of skipped entries; `null` on a page by `cursor`."""
    limit: int
    """The requested size of the page. It may have fewer entries."""
    total: int | None
    """The number of entries on all pages; 10001 means more than 10000. `null` on a page by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last page."""
    __slots__ = tuple(__annotations__)

    def __init__(self, *, items: list[OrderSummary], skip: int | None, limit: int, total: int | None, next_cursor: str | None) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.items = [OrderSummary.from_dict(value) for value in data["items"]]
        self.skip = data["skip"]
        self.limit = data["limit"]
        self.total = data["total"]
        self.next_cursor = data["next_cursor"]
        self.extra = {} if len(data) == 5 else unknown_members(data, cls.NAMES)
        return self


class OrderSummary(Model):
    """An order as it appears in lists. getOrder returns the rest."""

    id: int
    """The id of the order."""
    buyer_id: int
    """The user who placed the order."""
    seller_id: int
    """The user who sells its items."""
    status: OrderStatus
    """`pending`: stock is reserved and the order is not paid. `paid`: the stock is sold. `shipped`: on its way. `delivered`: arrived. `cancelled`: cancelled by the buyer, the seller or an admin. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    payment_status: PaymentStatus
    """Whether an order is paid. It counts units; `refunded` means that every unit is refunded."""
    total: Money
    """The amount to pay."""
    units: int
    """The number of units over all lines."""
    created_at: datetime.datetime
    """When the order was placed."""
    updated_at: datetime.datetime
    """When the order last changed."""
    version: int
    """Increases with each change."""
    __slots__ = tuple(__annotations__)

    def __init__(
        self,
        *,
        id: int,
        buyer_id: int,
        seller_id: int,
        status: OrderStatus,
        payment_status: PaymentStatus,
        total: Money,
        units: int,
        created_at: datetime.datetime,
        updated_at: datetime.datetime,
        version: int,
    ) -> None:
        self._fill(locals())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.id = data["id"]
        self.buyer_id = data["buyer_id"]
        self.seller_id = data["seller_id"]
        self.status = OrderStatus.of(data["status"])
        self.payment_status = PaymentStatus.of(data["payment_status"])
        self.total = Money.from_dict(data["total"])
        self.units = data["units"]
        self.created_at = datetime.datetime.fromisoformat(data["created_at"])
        self.updated_at = datetime.datetime.fromisoformat(data["updated_at"])
        self.version = data["version"]
        self.extra = {} if len(data) == 10 else unknown_members(data, cls.NAMES)
        return self
