"""Credentials: how a person becomes a caller, and stops being one."""
