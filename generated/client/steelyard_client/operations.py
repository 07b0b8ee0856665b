# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""One constant per operation: method, path, how its answer is read. What `FakeSteelyard` is scripted with."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api.auth.issue_token import OPERATION as issue_token
    from .api.auth.revoke_credential import OPERATION as revoke_credential
    from .api.auth.revoke_current_credential import OPERATION as revoke_current_credential
    from .api.items.create_item import OPERATION as create_item
    from .api.items.delete_item import OPERATION as delete_item
    from .api.items.get_item import OPERATION as get_item
    from .api.items.list_items import OPERATION as list_items
    from .api.items.list_stock_movements import OPERATION as list_stock_movements
    from .api.items.record_stock_movement import OPERATION as record_stock_movement
    from .api.items.update_item import OPERATION as update_item
    from .api.orders.cancel_order import OPERATION as cancel_order
    from .api.orders.create_order import OPERATION as create_order
    from .api.orders.get_order import OPERATION as get_order
    from .api.orders.list_orders import OPERATION as list_orders
    from .api.orders.quote_order import OPERATION as quote_order
    from .api.system.get_health import OPERATION as get_health
    from .api.system.get_public_data import OPERATION as get_public_data
    from .api.system.get_root import OPERATION as get_root
    from .api.users.change_password import OPERATION as change_password
    from .api.users.create_address import OPERATION as create_address
    from .api.users.create_user import OPERATION as create_user
    from .api.users.delete_address import OPERATION as delete_address
    from .api.users.delete_user import OPERATION as delete_user
    from .api.users.get_current_user import OPERATION as get_current_user
    from .api.users.get_user import OPERATION as get_user
    from .api.users.list_users import OPERATION as list_users
    from .api.users.set_user_access import OPERATION as set_user_access
    from .api.users.update_address import OPERATION as update_address
    from .api.users.update_user import OPERATION as update_user

_WHERE = {
    "list_users": ".api.users.list_users",
    "create_user": ".api.users.create_user",
    "get_current_user": ".api.users.get_current_user",
    "change_password": ".api.users.change_password",
    "get_user": ".api.users.get_user",
    "update_user": ".api.users.update_user",
    "delete_user": ".api.users.delete_user",
    "set_user_access": ".api.users.set_user_access",
    "create_address": ".api.users.create_address",
    "update_address": ".api.users.update_address",
    "delete_address": ".api.users.delete_address",
    "issue_token": ".api.auth.issue_token",
    "revoke_current_credential": ".api.auth.revoke_current_credential",
    "revoke_credential": ".api.auth.revoke_credential",
    "list_items": ".api.items.list_items",
    "create_item": ".api.items.create_item",
    "get_item": ".api.items.get_item",
    "delete_item": ".api.items.delete_item",
    "update_item": ".api.items.update_item",
    "list_stock_movements": ".api.items.list_stock_movements",
    "record_stock_movement": ".api.items.record_stock_movement",
    "quote_order": ".api.orders.quote_order",
    "list_orders": ".api.orders.list_orders",
    "create_order": ".api.orders.create_order",
    "get_order": ".api.orders.get_order",
    "cancel_order": ".api.orders.cancel_order",
    "get_root": ".api.system.get_root",
    "get_health": ".api.system.get_health",
    "get_public_data": ".api.system.get_public_data",
}
__all__ = (
    "cancel_order",
    "change_password",
    "create_address",
    "create_item",
    "create_order",
    "create_user",
    "delete_address",
    "delete_item",
    "delete_user",
    "get_current_user",
    "get_health",
    "get_item",
    "get_order",
    "get_public_data",
    "get_root",
    "get_user",
    "issue_token",
    "list_items",
    "list_orders",
    "list_stock_movements",
    "list_users",
    "quote_order",
    "record_stock_movement",
    "revoke_credential",
    "revoke_current_credential",
    "set_user_access",
    "update_address",
    "update_item",
    "update_user",
)


def __getattr__(name: str) -> Any:
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(module, __package__), "OPERATION")
    return value


def __dir__() -> list[str]:
    return sorted(_WHERE)
