"""Statements as values, the two databases that run them, and their errors."""
