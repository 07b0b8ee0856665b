# `nox -s generate`: never edit.
"""One constant per operation, to script `FakeSteelyard` with."""

from typing import TYPE_CHECKING

from .api import OPERATIONS

if TYPE_CHECKING:
    from .api.auth import (
        ISSUE_TOKEN as issue_token,
        REVOKE_CREDENTIAL as revoke_credential,
        REVOKE_CURRENT_CREDENTIAL as revoke_current_credential,
    )
    from .api.items import (
        CREATE_ITEM as create_item,
        DELETE_ITEM as delete_item,
        GET_ITEM as get_item,
        LIST_ITEMS as list_items,
        LIST_STOCK_MOVEMENTS as list_stock_movements,
        RECORD_STOCK_MOVEMENT as record_stock_movement,
        UPDATE_ITEM as update_item,
    )
    from .api.orders import (
        CANCEL_ORDER as cancel_order,
        CREATE_ORDER as create_order,
        GET_ORDER as get_order,
        LIST_ORDERS as list_orders,
        QUOTE_ORDER as quote_order,
    )
    from .api.system import GET_HEALTH as get_health, GET_PUBLIC_DATA as get_public_data, GET_ROOT as get_root
    from .api.users import (
        CHANGE_PASSWORD as change_password,
        CREATE_ADDRESS as create_address,
        CREATE_USER as create_user,
        DELETE_ADDRESS as delete_address,
        DELETE_USER as delete_user,
        GET_CURRENT_USER as get_current_user,
        GET_USER as get_user,
        LIST_USERS as list_users,
        SET_USER_ACCESS as set_user_access,
        UPDATE_ADDRESS as update_address,
        UPDATE_USER as update_user,
    )

    # The names differ from those of the constants.
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

if not TYPE_CHECKING:
    # Type checkers would take any name for one of these.
    _WHERE = {name: module for module, names in OPERATIONS.items() for name in names.split()}
    __all__ = tuple(sorted(_WHERE))

    def __getattr__(name):
        module = _WHERE.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(module, __package__), name.upper())
        return value

    def __dir__():
        return list(__all__)
