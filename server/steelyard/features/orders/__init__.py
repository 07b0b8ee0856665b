"""Orders: what they cost, how they are placed, and what may become of them."""
