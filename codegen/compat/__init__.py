"""Whether a contract still keeps what the released one promised."""
