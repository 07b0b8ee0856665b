"""What an operator does with jobs."""
