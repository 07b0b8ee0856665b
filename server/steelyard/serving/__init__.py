"""The server process. It replaces callbacks of uvicorn's protocol and uvicorn's supervisor, so it depends on internals of uvicorn."""
