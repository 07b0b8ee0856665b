"""The server process. It replaces callbacks of uvicorn's protocol and its supervisor, so it rides on internals of uvicorn."""
