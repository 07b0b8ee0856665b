"""The tag `keys`."""
