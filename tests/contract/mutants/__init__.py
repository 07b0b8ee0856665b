"""Drifts planted on purpose, and which layer of the proof notices each: `python -m tests.contract.mutants`."""
