# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class OrderSort(OpenEnum):
    """`-` means descending; the id breaks ties.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    CREATED_AT_DESCENDING = "-created_at"
    CREATED_AT = "created_at"
