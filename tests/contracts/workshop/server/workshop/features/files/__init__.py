"""The tag `files`."""
