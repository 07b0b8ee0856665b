"""The tag `bodies`."""
