"""What this server is and how it is doing."""
