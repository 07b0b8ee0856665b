"""The tag `shapes`."""
