# `nox -s generate`: never edit.
"""One module per tag. This table maps operations to modules, so that each is imported at its first use."""

OPERATIONS = {
    ".api.users": "list_users create_user get_current_user change_password get_user update_user delete_user set_user_access list_identities finish_identity_link delete_identity start_identity_link create_address update_address delete_address",
    ".api.auth": "issue_token list_credentials create_api_key get_authorization_server list_login_providers revoke_current_credential revoke_credential request_email_verification confirm_email_verification request_password_reset confirm_password_reset",
    ".api.items": "list_items create_item get_item delete_item update_item list_stock_movements record_stock_movement",
    ".api.orders": "quote_order list_orders create_order get_order cancel_order",
    ".api.system": "get_root get_health get_public_data",
}
