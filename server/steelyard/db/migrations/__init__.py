"""Revisions of the schema, and the commands that apply them."""
