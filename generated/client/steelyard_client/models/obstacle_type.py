# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class ObstacleType(OpenEnum):
    """The problem that createOrder would answer with, without `/problems/`.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    INSUFFICIENT_STOCK = "insufficient-stock"
    PRICE_CHANGED = "price-changed"
    LIMIT_REACHED = "limit-reached"
    PROMOTION_NOT_APPLICABLE = "promotion-not-applicable"
    MIXED_SELLERS = "mixed-sellers"
    OWN_ITEM = "own-item"
    CURRENCY_MISMATCH = "currency-mismatch"
