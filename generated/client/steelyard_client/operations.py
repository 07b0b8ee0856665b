# `nox -s generate`: never edit.
"""One constant per operation, to script `FakeSteelyard` with."""

from typing import TYPE_CHECKING

from .api import OPERATIONS

if TYPE_CHECKING:
    from .api.auth import (
        CONFIRM_EMAIL_VERIFICATION as confirm_email_verification,
        CONFIRM_PASSWORD_RESET as confirm_password_reset,
        CREATE_API_KEY as create_api_key,
        GET_AUTHORIZATION_SERVER as get_authorization_server,
        ISSUE_TOKEN as issue_token,
        LIST_CREDENTIALS as list_credentials,
        LIST_LOGIN_PROVIDERS as list_login_providers,
        REQUEST_EMAIL_VERIFICATION as request_email_verification,
        REQUEST_PASSWORD_RESET as request_password_reset,
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
        DELETE_IDENTITY as delete_identity,
        DELETE_USER as delete_user,
        FINISH_IDENTITY_LINK as finish_identity_link,
        GET_CURRENT_USER as get_current_user,
        GET_USER as get_user,
        LIST_IDENTITIES as list_identities,
        LIST_USERS as list_users,
        SET_USER_ACCESS as set_user_access,
        START_IDENTITY_LINK as start_identity_link,
        UPDATE_ADDRESS as update_address,
        UPDATE_USER as update_user,
    )

    # The names differ from those of the constants.
    __all__ = (
        "cancel_order",
        "change_password",
        "confirm_email_verification",
        "confirm_password_reset",
        "create_address",
        "create_api_key",
        "create_item",
        "create_order",
        "create_user",
        "delete_address",
        "delete_identity",
        "delete_item",
        "delete_user",
        "finish_identity_link",
        "get_authorization_server",
        "get_current_user",
        "get_health",
        "get_item",
        "get_order",
        "get_public_data",
        "get_root",
        "get_user",
        "issue_token",
        "list_credentials",
        "list_identities",
        "list_items",
        "list_login_providers",
        "list_orders",
        "list_stock_movements",
        "list_users",
        "quote_order",
        "record_stock_movement",
        "request_email_verification",
        "request_password_reset",
        "revoke_credential",
        "revoke_current_credential",
        "set_user_access",
        "start_identity_link",
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
