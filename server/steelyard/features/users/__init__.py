"""People: who is registered, what they may do, where they live."""
