"""Mutants: faults planted on purpose, and the layer of the tests that detects each: `python -m tests.contract.mutants`."""
