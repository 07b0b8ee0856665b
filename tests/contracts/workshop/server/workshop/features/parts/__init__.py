"""The tag `parts`."""
