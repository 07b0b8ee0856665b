"""The server process. It replaces callbacks of uvicorn's protocol and its supervisor, so uvicorn has an upper bound."""
