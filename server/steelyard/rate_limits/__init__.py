"""Counts requests against quotas, for all processes of a machine."""
