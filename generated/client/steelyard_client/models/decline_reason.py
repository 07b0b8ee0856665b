# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class DeclineReason(OpenEnum):
    """Why the provider said no.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired"
    SUSPECTED_FRAUD = "suspected_fraud"
