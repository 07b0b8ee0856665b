# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The contract as Python, from which the server is compiled."""
