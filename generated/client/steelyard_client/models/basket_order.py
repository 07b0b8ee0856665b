# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypedDict

from steelyard_runtime.model import UNSET, Model, Unset, unknown_members
from typing_extensions import NotRequired

from .basket_line import BasketLine, BasketLineDict
from .money import Money, MoneyDict
from .shipping_address_create import ShippingAddressCreate, ShippingAddressCreateDict


class BasketOrderDict(TypedDict):
    """BasketOrder as a dictionary."""

    lines: Sequence[BasketLine | BasketLineDict]
    discount_code: NotRequired[str | None]
    shipping_address_id: NotRequired[int]
    shipping_address: NotRequired[ShippingAddressCreate | ShippingAddressCreateDict]
    expected_total: NotRequired[Money | MoneyDict]


class BasketOrder(Model):
    """An order of several items of one seller. Each item has one line (`duplicate_product`); more than 100 units in all need a discount code (`bulk_discount_required`). Send at most one of `shipping_address_id` and `shipping_address` (`two_addresses`); with neither, it goes to your default address, and if you have none, it has no address."""

    __slots__ = (
        "lines",
        "discount_code",
        "shipping_address_id",
        "shipping_address",
        "expected_total",
    )
    WIRE = (
        ("lines", "lines"),
        ("discount_code", "discount_code"),
        ("shipping_address_id", "shipping_address_id"),
        ("shipping_address", "shipping_address"),
        ("expected_total", "expected_total"),
    )

    lines: list[BasketLine]
    """What and how many, each item once."""
    discount_code: str | None | Unset
    """Upper and lower case count the same behind `PROMO-`. `null` or left out means none; `''` is refused."""
    shipping_address_id: int | Unset
    """One of your stored addresses."""
    shipping_address: ShippingAddressCreate | Unset
    """Where to send this one order. It is not added to your stored addresses."""
    expected_total: Money | Unset
    """What you expect to pay, from a quote. If it would be another amount, nothing is bought (`price-changed`)."""

    def __init__(
        self,
        *,
        lines: list[BasketLine],
        discount_code: str | None | Unset = UNSET,
        shipping_address_id: int | Unset = UNSET,
        shipping_address: ShippingAddressCreate | Unset = UNSET,
        expected_total: Money | Unset = UNSET,
    ) -> None:
        self.lines = lines
        self.discount_code = discount_code
        self.shipping_address_id = shipping_address_id
        self.shipping_address = shipping_address
        self.expected_total = expected_total
        self.extra: dict[str, Any] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.lines = [BasketLine.from_dict(value) for value in data["lines"]]
        self.discount_code = data.get("discount_code", UNSET)
        self.shipping_address_id = data.get("shipping_address_id", UNSET)
        self.shipping_address = ShippingAddressCreate.from_dict(data["shipping_address"]) if "shipping_address" in data else UNSET
        self.expected_total = Money.from_dict(data["expected_total"]) if "expected_total" in data else UNSET
        self.extra = {} if data.keys() <= cls.NAMES else unknown_members(data, cls.NAMES)
        return self
