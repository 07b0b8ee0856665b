"""What happens after the answer: the event log, the outbox and the worker that empties it."""
