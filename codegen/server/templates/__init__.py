"""The contract as Python: what the server is compiled from."""
