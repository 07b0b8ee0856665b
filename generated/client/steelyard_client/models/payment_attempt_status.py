# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class PaymentAttemptStatus(OpenEnum):
    """`started`: the provider has not answered yet. `succeeded`, `declined`: its answer. `failed`: it never saw the attempt.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"
