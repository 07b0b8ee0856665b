"""The contract as Python, from which the server is compiled."""
