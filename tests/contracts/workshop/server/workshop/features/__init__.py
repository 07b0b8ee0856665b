"""One folder per tag of the contract."""
