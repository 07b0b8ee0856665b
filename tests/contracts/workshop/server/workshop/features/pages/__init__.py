"""The tag `pages`."""
