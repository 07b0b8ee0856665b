"""Every black-box part of the contract's suite against a server that is already running: `python -m tests.contract.against --help`."""
