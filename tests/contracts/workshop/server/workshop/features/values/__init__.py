"""The tag `values`."""
