"""What a buyer asks for, read from either form of the body. What a schema cannot say about it is checked here."""

from dataclasses import dataclass
from operator import attrgetter

from pydantic import MISSING

from steelyard.contract.request.violations import validation_failed, violation
from steelyard_contract import models as m
from steelyard_contract.bounds import BULK_THRESHOLD


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """So many units of one product."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Basket:
    """An order as it is asked for; lines in the order of the request."""

    lines: tuple[RequestedLine, ...]
    code: str | None
    address_id: int | None
    address: m.ShippingAddressCreate | None
    expected: m.Money | None

    @property
    def product_ids(self) -> list[int]:
        """In the order of the lines."""
        return [line.product_id for line in self.lines]

    @property
    def in_lock_order(self) -> list[RequestedLine]:
        """By product id. Every transaction locks items in this order, so no two of them wait for each other."""
        return sorted(self.lines, key=attrgetter("product_id"))


def read_basket(draft: m.OrderCreate) -> Basket:
    """The basket, or a ValidationFailed that lists everything wrong with it."""
    wrong = []
    lines: tuple[RequestedLine, ...]
    if isinstance(draft, m.SingleItemOrder):
        lines = (RequestedLine(draft.product_id, draft.quantity),)
    else:
        lines = tuple(RequestedLine(line.product_id, line.quantity) for line in draft.lines)
        seen: set[int] = set()
        for i, line in enumerate(lines):
            if line.product_id in seen:
                wrong.append(violation("duplicate_product", ("body", "lines", i, "product_id"), "Each item may have only one line"))
            seen.add(line.product_id)
    code = None if draft.discount_code is MISSING else draft.discount_code
    if code is None and sum(line.quantity for line in lines) > BULK_THRESHOLD:
        msg = f"Bulk orders over {BULK_THRESHOLD} need a discount code"
        wrong.append(violation("bulk_discount_required", ("body", "discount_code"), msg))
    address_id = None if draft.shipping_address_id is MISSING else draft.shipping_address_id
    address = None if draft.shipping_address is MISSING else draft.shipping_address
    if address_id is not None and address is not None:
        msg = "Send either an address or the id of an address"
        wrong.append(violation("two_addresses", ("body", "shipping_address_id"), msg))
    if wrong:
        raise validation_failed(wrong)
    return Basket(
        lines=lines,
        code=None if code is None else code.upper(),
        address_id=address_id,
        address=address,
        expected=None if draft.expected_total is MISSING else draft.expected_total,
    )
