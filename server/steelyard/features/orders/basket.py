"""The basket that a buyer requests, read from either form of the body, with the checks that no schema can express."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import MISSING

from steelyard.contract.request.violations import validation_failed, violation
from steelyard_contract import models as m
from steelyard_contract.bounds import BULK_THRESHOLD


class RequestedLine(NamedTuple):
    """A product and how many units of it."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Basket:
    """A requested order, with its lines in the order of the request."""

    lines: tuple[RequestedLine, ...]
    code: str | None
    address_id: int | None
    address: m.ShippingAddressCreate | None
    expected: m.Money | None

    @property
    def product_ids(self) -> list[int]:
        """In the order of the lines."""
        return [line.product_id for line in self.lines]


def read_basket(draft: m.OrderCreate) -> Basket:
    """Return the basket, or raise ValidationFailed with every violation."""
    violations = []
    lines: tuple[RequestedLine, ...]
    if isinstance(draft, m.SingleItemOrder):
        lines = (RequestedLine(draft.product_id, draft.quantity),)
    else:
        lines = tuple(RequestedLine(line.product_id, line.quantity) for line in draft.lines)
        seen: set[int] = set()
        for i, line in enumerate(lines):
            if line.product_id in seen:
                violations.append(violation("duplicate_product", ("body", "lines", i, "product_id"), "Each item may have only one line"))
            seen.add(line.product_id)
    code = None if draft.discount_code is MISSING else draft.discount_code
    if code is None and sum(line.quantity for line in lines) > BULK_THRESHOLD:
        msg = f"Bulk orders over {BULK_THRESHOLD} need a discount code"
        violations.append(violation("bulk_discount_required", ("body", "discount_code"), msg))
    address_id = None if draft.shipping_address_id is MISSING else draft.shipping_address_id
    address = None if draft.shipping_address is MISSING else draft.shipping_address
    if address_id is not None and address is not None:
        msg = "Send either an address or the id of an address"
        violations.append(violation("two_addresses", ("body", "shipping_address_id"), msg))
    if violations:
        raise validation_failed(violations)
    return Basket(
        lines=lines,
        code=None if code is None else code.upper(),
        address_id=address_id,
        address=address,
        expected=None if draft.expected_total is MISSING else draft.expected_total,
    )
