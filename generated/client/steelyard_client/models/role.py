# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class Role(OpenEnum):
    """`user`: buys and sells. `support`: also reads everybody's accounts and orders. `admin`: does everything.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"
