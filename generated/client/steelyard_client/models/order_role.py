# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class OrderRole(OpenEnum):
    """`buyer`: what you bought. `seller`: what you sold. `all`: every order of the marketplace, for staff.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    BUYER = "buyer"
    SELLER = "seller"
    ALL = "all"
