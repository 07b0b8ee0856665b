"""What the marketplace does: one folder per tag of the contract, with the same file names in each."""
