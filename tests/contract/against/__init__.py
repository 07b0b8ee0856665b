"""Runs the tests that need only HTTP against a running server: `python -m tests.contract.against --help`."""
