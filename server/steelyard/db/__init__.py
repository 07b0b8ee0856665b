"""Data: tables and statements as values, the two databases that run them, and what can go wrong."""
