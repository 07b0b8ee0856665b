"""Contract coverage: what the document asks for, and whether a run has seen it.

`cases` lists what there is to see, from openapi.json alone. `reading` says which of it an exchange shows. `collecting` does that for
each exchange of a process and keeps it in a file. `python -m tests.contract.coverage` adds the files up, holds them against
`tests/contract/exceptions.txt` and writes the report. docs/contract-testing.md tells what counts as seen.
"""
