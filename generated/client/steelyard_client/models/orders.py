# Written by `python -m codegen generate` from openapi/ 1.1.0: never edit.
"""Objects and enumerations of the contract: what operations of the tag `orders` answer with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, OpenEnum, unknown_members

from .common import PaymentProvider, Price


class Money(Model):
    """A sum as the whole number of minor units, so `1999` `USD` are 19.99 dollars. Never a fraction."""

    __slots__ = ("amount", "currency")

    amount: int
    """Minor units."""
    currency: str
    """ISO 4217. A marketplace has one currency; getPublicData names it."""

    def __init__(
        self,
        *,
        amount: int,
        currency: str,
    ) -> None:
        self.amount = amount
        self.currency = currency
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.amount = data["amount"]
        self.currency = data["currency"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class Quote(Model):
    """What an order would cost if it were placed now. Nothing is reserved: between quote and order somebody else may buy the last unit. `orderable` is true exactly when `obstacles` is empty."""

    __slots__ = ("lines", "subtotal", "discount", "tax", "total", "discount_code", "orderable", "obstacles")

    lines: list[QuoteLine]
    """As they were asked for, priced."""
    subtotal: Money
    """Price times quantity, over all lines."""
    discount: Money
    """What the code takes off; 0 if it cannot be used."""
    tax: Money
    """Tax on what is left."""
    total: Money
    """`subtotal` less `discount` plus `tax`: what would have to be paid. Send it as `expected_total` of the order."""
    discount_code: str | None
    """The code that was applied, in upper case; `null` if none was sent or it cannot be used."""
    orderable: bool
    """Whether this order would be accepted now."""
    obstacles: list[Obstacle]
    """Everything that stands in the way."""

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
        self.lines = lines
        self.subtotal = subtotal
        self.discount = discount
        self.tax = tax
        self.total = total
        self.discount_code = discount_code
        self.orderable = orderable
        self.obstacles = obstacles
        self.extra: dict[str, Any] = {}

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
    """One item of a quote, priced."""

    __slots__ = ("product_id", "sku", "title", "unit_price", "quantity", "discount", "tax", "total", "available")

    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """What is bought."""
    unit_price: Price
    """Price of one unit."""
    quantity: int
    """Units asked for."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    available: int
    """Units that can be ordered now."""

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
        self.product_id = product_id
        self.sku = sku
        self.title = title
        self.unit_price = unit_price
        self.quantity = quantity
        self.discount = discount
        self.tax = tax
        self.total = total
        self.available = available
        self.extra: dict[str, Any] = {}

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
    """One reason why this order would be refused now."""

    __slots__ = ("type", "detail", "product_id")

    type: ObstacleType
    """The problem that createOrder would answer with, without `/problems/`."""
    detail: str
    """The reason as a sentence, the `detail` of that problem."""
    product_id: int | None
    """The item that it is about; `null` if it is about the whole order."""

    def __init__(
        self,
        *,
        type: ObstacleType,
        detail: str,
        product_id: int | None,
    ) -> None:
        self.type = type
        self.detail = detail
        self.product_id = product_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.type = ObstacleType.of(data["type"])
        self.detail = data["detail"]
        self.product_id = data["product_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class ObstacleType(OpenEnum):
    """The problem that createOrder would answer with, without `/problems/`.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    INSUFFICIENT_STOCK = "insufficient-stock"
    PRICE_CHANGED = "price-changed"
    LIMIT_REACHED = "limit-reached"
    PROMOTION_NOT_APPLICABLE = "promotion-not-applicable"
    MIXED_SELLERS = "mixed-sellers"
    OWN_ITEM = "own-item"
    CURRENCY_MISMATCH = "currency-mismatch"


class Order(Model):
    """A purchase. Titles, prices, tax and address are those of the moment when it was placed; later edits of the items do not change it. Buyer, seller and staff see the same."""

    __slots__ = (
        "id",
        "buyer_id",
        "seller_id",
        "status",
        "payment_status",
        "lines",
        "subtotal",
        "discount",
        "tax",
        "total",
        "refunded",
        "discount_code",
        "shipping_address",
        "payments",
        "refunds",
        "shipment",
        "history",
        "expires_at",
        "created_at",
        "updated_at",
        "version",
    )

    id: int
    """Names the order."""
    buyer_id: int
    """The user who bought."""
    seller_id: int
    """The user who sells every item of it."""
    status: OrderStatus
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    payment_status: PaymentStatus
    """How much of an order is paid for. It counts units; `refunded` means every one of them."""
    lines: list[OrderLine]
    """What was bought, in the order of the request."""
    subtotal: Money
    """Price times quantity, over all lines."""
    discount: Money
    """What the code took off."""
    tax: Money
    """Tax on what is left."""
    total: Money
    """`subtotal` less `discount` plus `tax`: what has to be paid."""
    refunded: Money
    """What was paid back so far."""
    discount_code: str | None
    """The code that was redeemed, in upper case."""
    shipping_address: ShippingAddress | None
    """`null` if there was none, or since the buyer's account was deleted."""
    payments: list[Payment]
    """Attempts to pay, oldest first."""
    refunds: list[Refund]
    """Money given back, oldest first."""
    shipment: Shipment | None
    """How it travels; `null` until it is shipped."""
    history: list[OrderTransition]
    """The states that it went through, oldest first; the last one is `status`."""
    expires_at: datetime.datetime | None
    """Until when a pending order can be paid; `null` in every other state."""
    created_at: datetime.datetime
    """When it was placed."""
    updated_at: datetime.datetime
    """When it last changed."""
    version: int
    """Grows with each change."""

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
        self.id = id
        self.buyer_id = buyer_id
        self.seller_id = seller_id
        self.status = status
        self.payment_status = payment_status
        self.lines = lines
        self.subtotal = subtotal
        self.discount = discount
        self.tax = tax
        self.total = total
        self.refunded = refunded
        self.discount_code = discount_code
        self.shipping_address = shipping_address
        self.payments = payments
        self.refunds = refunds
        self.shipment = shipment
        self.history = history
        self.expires_at = expires_at
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentStatus(OpenEnum):
    """How much of an order is paid for. It counts units; `refunded` means every one of them.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    UNPAID = "unpaid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class OrderLine(Model):
    """One item of an order."""

    __slots__ = ("id", "product_id", "sku", "title", "unit_price", "quantity", "discount", "tax", "total", "refunded_quantity", "refunded")

    id: int
    """Names the line; a refund calls it `line_id`."""
    product_id: int
    """The `id` of the item."""
    sku: str | None
    """The seller's article number."""
    title: str
    """What was bought."""
    unit_price: Price
    """Price of one unit."""
    quantity: int
    """Units bought."""
    discount: Money
    """This line's share of the discount."""
    tax: Money
    """Tax on this line."""
    total: Money
    """Price times quantity, less discount, plus tax."""
    refunded_quantity: int
    """Units that were refunded."""
    refunded: Money
    """What was paid back for this line."""

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
        self.id = id
        self.product_id = product_id
        self.sku = sku
        self.title = title
        self.unit_price = unit_price
        self.quantity = quantity
        self.discount = discount
        self.tax = tax
        self.total = total
        self.refunded_quantity = refunded_quantity
        self.refunded = refunded
        self.extra: dict[str, Any] = {}

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
    """Where an order goes, as it was when the order was placed."""

    __slots__ = ("name", "street", "city", "country", "zip_code")

    name: str
    """Who receives it."""
    street: str
    """Street and house number."""
    city: str
    """Town or city."""
    country: str
    """ISO 3166-1 alpha-2 code."""
    zip_code: str
    """Postal code."""

    def __init__(
        self,
        *,
        name: str,
        street: str,
        city: str,
        country: str,
        zip_code: str,
    ) -> None:
        self.name = name
        self.street = street
        self.city = city
        self.country = country
        self.zip_code = zip_code
        self.extra: dict[str, Any] = {}

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
    """One attempt to pay an order."""

    __slots__ = ("id", "provider", "status", "amount", "reference", "decline_reason", "created_at", "settled_at")

    id: int
    """Names the attempt."""
    provider: PaymentProvider
    """`manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out."""
    status: PaymentAttemptStatus
    """`started`: the provider has not answered yet. `succeeded`, `declined`: its answer. `failed`: it never saw the attempt."""
    amount: Money
    """What was to be paid."""
    reference: str | None
    """What the provider, or the seller, calls it."""
    decline_reason: DeclineReason | None
    """`null` unless it was declined."""
    created_at: datetime.datetime
    """When it was started."""
    settled_at: datetime.datetime | None
    """When its outcome was known; `null` while it is started."""

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
        self.id = id
        self.provider = provider
        self.status = status
        self.amount = amount
        self.reference = reference
        self.decline_reason = decline_reason
        self.created_at = created_at
        self.settled_at = settled_at
        self.extra: dict[str, Any] = {}

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
    """`started`: the provider has not answered yet. `succeeded`, `declined`: its answer. `failed`: it never saw the attempt.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"


class DeclineReason(OpenEnum):
    """Why the provider said no.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired"
    SUSPECTED_FRAUD = "suspected_fraud"


class Refund(Model):
    """Money given back for some units of an order."""

    __slots__ = ("id", "order_id", "status", "lines", "amount", "restock", "reason", "reference", "created_at", "settled_at")

    id: int
    """Names the refund."""
    order_id: int
    """The order that was paid."""
    status: RefundStatus
    """`started`: the provider has not answered yet. A `failed` refund gave nothing back."""
    lines: list[RefundLine]
    """What is refunded."""
    amount: Money
    """What is given back in all."""
    restock: bool
    """Whether the units go back into stock."""
    reason: str
    """Why."""
    reference: str | None
    """What the provider, or the seller, calls it."""
    created_at: datetime.datetime
    """When it was started."""
    settled_at: datetime.datetime | None
    """When its outcome was known; `null` while it is started."""

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
        self.id = id
        self.order_id = order_id
        self.status = status
        self.lines = lines
        self.amount = amount
        self.restock = restock
        self.reason = reason
        self.reference = reference
        self.created_at = created_at
        self.settled_at = settled_at
        self.extra: dict[str, Any] = {}

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
    """`started`: the provider has not answered yet. A `failed` refund gave nothing back.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundLine(Model):
    """Units of one line of an order, refunded."""

    __slots__ = ("line_id", "quantity", "amount")

    line_id: int
    """The `id` of the order line."""
    quantity: int
    """Units of it."""
    amount: Money
    """What is given back for them."""

    def __init__(
        self,
        *,
        line_id: int,
        quantity: int,
        amount: Money,
    ) -> None:
        self.line_id = line_id
        self.quantity = quantity
        self.amount = amount
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.line_id = data["line_id"]
        self.quantity = data["quantity"]
        self.amount = Money.from_dict(data["amount"])
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class Shipment(Model):
    """Who carries an order."""

    __slots__ = ("carrier", "tracking_number")

    carrier: str
    """The carrier's name."""
    tracking_number: str | None
    """How the carrier finds it."""

    def __init__(
        self,
        *,
        carrier: str,
        tracking_number: str | None,
    ) -> None:
        self.carrier = carrier
        self.tracking_number = tracking_number
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.carrier = data["carrier"]
        self.tracking_number = data["tracking_number"]
        self.extra = {} if len(data) == 2 else unknown_members(data, cls.NAMES)
        return self


class OrderTransition(Model):
    """One step in the life of an order."""

    __slots__ = ("status", "at", "actor_id")

    status: OrderStatus
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    at: datetime.datetime
    """Since when."""
    actor_id: int | None
    """The user who did it; `null` for Steelyard itself."""

    def __init__(
        self,
        *,
        status: OrderStatus,
        at: datetime.datetime,
        actor_id: int | None,
    ) -> None:
        self.status = status
        self.at = at
        self.actor_id = actor_id
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.status = OrderStatus.of(data["status"])
        self.at = datetime.datetime.fromisoformat(data["at"])
        self.actor_id = data["actor_id"]
        self.extra = {} if len(data) == 3 else unknown_members(data, cls.NAMES)
        return self


class OrderSummaryPage(Model):
    """One page of orders."""

    __slots__ = ("items", "skip", "limit", "total", "next_cursor")

    items: list[OrderSummary]
    """In the order that `sort` asked for."""
    skip: int | None
    """How many were skipped; `null` when the page was asked for by `cursor`."""
    limit: int
    """How many were asked for. There may be fewer."""
    total: int | None
    """How many there are in all; 10001 means more than 10000. `null` when the page was asked for by `cursor`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page; `null` on the last one."""

    def __init__(
        self,
        *,
        items: list[OrderSummary],
        skip: int | None,
        limit: int,
        total: int | None,
        next_cursor: str | None,
    ) -> None:
        self.items = items
        self.skip = skip
        self.limit = limit
        self.total = total
        self.next_cursor = next_cursor
        self.extra: dict[str, Any] = {}

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
    """An order as lists show it. getOrder has the rest."""

    __slots__ = ("id", "buyer_id", "seller_id", "status", "payment_status", "total", "units", "created_at", "updated_at", "version")

    id: int
    """Names the order."""
    buyer_id: int
    """The user who bought."""
    seller_id: int
    """The user who sells every item of it."""
    status: OrderStatus
    """`pending`: stock is reserved, payment is awaited. `paid`: the stock is sold. `shipped`, `delivered`: on its way, arrived. `cancelled`: called off by somebody. `expired`: not paid in time. `cancelled`, `expired` and `delivered` are final."""
    payment_status: PaymentStatus
    """How much of an order is paid for. It counts units; `refunded` means every one of them."""
    total: Money
    """What has to be paid."""
    units: int
    """Units over all lines."""
    created_at: datetime.datetime
    """When it was placed."""
    updated_at: datetime.datetime
    """When it last changed."""
    version: int
    """Grows with each change."""

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
        self.id = id
        self.buyer_id = buyer_id
        self.seller_id = seller_id
        self.status = status
        self.payment_status = payment_status
        self.total = total
        self.units = units
        self.created_at = created_at
        self.updated_at = updated_at
        self.version = version
        self.extra: dict[str, Any] = {}

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
