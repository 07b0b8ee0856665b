# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from steelyard_runtime.model import Model, unknown_members

from .money import Money
from .order_line import OrderLine
from .order_status import OrderStatus
from .order_transition import OrderTransition
from .payment import Payment
from .payment_status import PaymentStatus
from .refund import Refund
from .shipment import Shipment
from .shipping_address import ShippingAddress


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
    WIRE = (
        ("id", "id"),
        ("buyer_id", "buyer_id"),
        ("seller_id", "seller_id"),
        ("status", "status"),
        ("payment_status", "payment_status"),
        ("lines", "lines"),
        ("subtotal", "subtotal"),
        ("discount", "discount"),
        ("tax", "tax"),
        ("total", "total"),
        ("refunded", "refunded"),
        ("discount_code", "discount_code"),
        ("shipping_address", "shipping_address"),
        ("payments", "payments"),
        ("refunds", "refunds"),
        ("shipment", "shipment"),
        ("history", "history"),
        ("expires_at", "expires_at"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("version", "version"),
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
