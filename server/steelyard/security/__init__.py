"""Passwords, tokens, standing and limits: what every operation asks before its handler runs."""
