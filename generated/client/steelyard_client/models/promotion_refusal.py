# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class PromotionRefusal(OpenEnum):
    """Why a discount code cannot be used.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    EXHAUSTED = "exhausted"
    PER_USER_LIMIT = "per_user_limit"
    BELOW_MINIMUM = "below_minimum"
    NOT_FOR_THESE_ITEMS = "not_for_these_items"
