"""Identities at third parties: which account they belong to, logins under way, and the clients that begin them."""
