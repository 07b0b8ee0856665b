# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""One package per tag: its resource in it, one module per operation below it."""
