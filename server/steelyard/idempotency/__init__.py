"""Stored responses by key."""
