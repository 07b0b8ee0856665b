"""What an operator sees of a running process; nothing here holds a secret or knows a domain."""
