# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class PaymentStatus(OpenEnum):
    """How much of an order is paid for. It counts units; `refunded` means every one of them.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    UNPAID = "unpaid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
