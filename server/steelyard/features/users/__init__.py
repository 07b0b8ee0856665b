"""Users: accounts, profiles, roles and addresses."""
