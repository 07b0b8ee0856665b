# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class RecordableReason(OpenEnum):
    """Why stock changed, as far as a person can say it. What orders do to stock records itself.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    RECEIVED = "received"
    CORRECTION = "correction"
    DAMAGE = "damage"
    CUSTOMER_RETURN = "customer_return"
