"""Contract coverage: the cases in the document, and whether a run has seen them.

`cases` lists the cases, from openapi.json alone. `reading` finds those that an exchange shows. `collecting` does this for each
exchange of a process and writes a file. `python -m tests.contract.coverage` adds up the files, compares them with
`tests/contract/exceptions.txt` and writes the report. docs/contract-testing.md defines what counts as seen.
"""
