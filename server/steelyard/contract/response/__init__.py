"""From the result of a handler to the bytes of its response."""
