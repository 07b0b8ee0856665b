"""Refuses what the compiler does not support, with file, line and what to write instead."""
