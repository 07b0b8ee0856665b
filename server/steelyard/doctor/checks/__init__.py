"""One module per subject, found by its place in this folder.

A module has `offline(machine)`, a generator of results that needs no other process, or `online(machine)`, an asynchronous one, or both.
`steelyard serve` runs every `offline` at its start, so it must be quick, change nothing and raise nothing.
"""
