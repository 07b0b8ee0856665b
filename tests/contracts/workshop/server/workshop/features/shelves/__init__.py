"""The tag `shelves`."""
