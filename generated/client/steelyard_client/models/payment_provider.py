# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class PaymentProvider(OpenEnum):
    """`manual`: paid outside of Steelyard, recorded by the seller. `sandbox`: pretended, for trying things out.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    MANUAL = "manual"
    SANDBOX = "sandbox"
