# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
"""What was left out, as opposed to null."""

from steelyard_runtime.model import UNSET, Unset

__all__ = ("UNSET", "Unset")
