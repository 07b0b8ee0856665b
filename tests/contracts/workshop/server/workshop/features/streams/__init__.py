"""The tag `streams`."""
