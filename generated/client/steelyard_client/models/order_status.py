# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


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
