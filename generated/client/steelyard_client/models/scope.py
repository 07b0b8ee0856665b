# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class Scope(OpenEnum):
    """Something that a credential may do. A `write` scope includes the `read` scope of the same name; `sales:write` includes `orders:read`.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    ITEMS_WRITE = "items:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    SALES_WRITE = "sales:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    PROMOTIONS_MANAGE = "promotions:manage"
