"""Idempotency keys: an effect happens once, however often its request is sent."""
