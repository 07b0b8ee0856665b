"""Work after the commit: the outbox, and the worker that runs its jobs."""
