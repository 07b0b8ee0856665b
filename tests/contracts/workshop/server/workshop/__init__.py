"""The server of the workshop: a handler for each shape that the compiler supports."""
