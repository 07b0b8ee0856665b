"""From the bytes of a request to the arguments of its handler."""
