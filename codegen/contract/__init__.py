"""The contract as it is written, and as one document."""
