"""Passwords, access tokens, active credentials and scopes."""
