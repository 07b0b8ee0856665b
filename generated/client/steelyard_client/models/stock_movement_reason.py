# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class StockMovementReason(OpenEnum):
    """`received`, `correction`, `damage` and `customer_return` are recorded by the owner; `sale`, `cancellation` and `refund` are written by Steelyard when an order moves stock.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    RECEIVED = "received"
    CORRECTION = "correction"
    DAMAGE = "damage"
    CUSTOMER_RETURN = "customer_return"
    SALE = "sale"
    CANCELLATION = "cancellation"
    REFUND = "refund"
