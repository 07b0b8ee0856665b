# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The contract as Python: what the server is compiled from."""
