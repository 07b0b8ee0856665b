"""HTTP as its RFCs define it, one subject per module; nothing here knows the contract."""
