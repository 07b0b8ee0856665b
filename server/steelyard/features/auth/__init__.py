"""Sessions and credentials: how a user becomes a caller."""
