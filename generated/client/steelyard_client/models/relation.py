# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class Relation(OpenEnum):
    """What somebody is to a resource, or in the marketplace.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    SELF = "self"
    OWNER = "owner"
    BUYER = "buyer"
    SELLER = "seller"
    SUPPORT = "support"
    ADMIN = "admin"
