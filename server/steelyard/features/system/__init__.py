"""The server itself: links, health and public data."""
