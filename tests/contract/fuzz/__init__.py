"""Schemathesis against the running application: `python -m tests.contract.fuzz`."""
