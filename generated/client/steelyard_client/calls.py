# `nox -s generate`: never edit.
"""One function per operation, named as in the contract. It returns a `Call`, a request as a value; nothing is sent."""

from typing import TYPE_CHECKING

from .api import OPERATIONS

if TYPE_CHECKING:
    from .api.auth import (
        confirm_email_verification as confirm_email_verification,
        confirm_password_reset as confirm_password_reset,
        create_api_key as create_api_key,
        get_authorization_server as get_authorization_server,
        issue_token as issue_token,
        list_credentials as list_credentials,
        list_login_providers as list_login_providers,
        request_email_verification as request_email_verification,
        request_password_reset as request_password_reset,
        revoke_credential as revoke_credential,
        revoke_current_credential as revoke_current_credential,
    )
    from .api.items import (
        create_item as create_item,
        delete_item as delete_item,
        get_item as get_item,
        list_items as list_items,
        list_stock_movements as list_stock_movements,
        record_stock_movement as record_stock_movement,
        update_item as update_item,
    )
    from .api.orders import (
        cancel_order as cancel_order,
        create_order as create_order,
        get_order as get_order,
        list_orders as list_orders,
        quote_order as quote_order,
    )
    from .api.system import get_health as get_health, get_public_data as get_public_data, get_root as get_root
    from .api.users import (
        change_password as change_password,
        create_address as create_address,
        create_user as create_user,
        delete_address as delete_address,
        delete_identity as delete_identity,
        delete_user as delete_user,
        finish_identity_link as finish_identity_link,
        get_current_user as get_current_user,
        get_user as get_user,
        list_identities as list_identities,
        list_users as list_users,
        set_user_access as set_user_access,
        start_identity_link as start_identity_link,
        update_address as update_address,
        update_user as update_user,
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

        value = globals()[name] = getattr(import_module(module, __package__), name)
        return value

    def __dir__():
        return list(__all__)
