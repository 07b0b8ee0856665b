"""Writes the Python package that the server is compiled from, `steelyard_contract`: one module here for each module there."""
