"""Runs a handler: its arguments, its deadline, its transaction, its idempotency key."""
