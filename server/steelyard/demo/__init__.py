"""A seeded marketplace to try the API on."""
