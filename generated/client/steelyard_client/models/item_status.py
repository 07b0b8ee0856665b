# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class ItemStatus(OpenEnum):
    """`draft`: seen by its owner and staff only. `active`: on sale. `archived`: removed for good; past orders still name it.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"
