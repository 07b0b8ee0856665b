"""From the hand-written contract in openapi/ to everything in generated/.

source    reads YAML and remembers where each line was written
bundle    makes one complete OpenAPI document of many files (refusals: the table of problems)
document  reads the bundle: operations, references, pointers
lint      the portable subset and the examples; keywords: every keyword has somebody who enforces it
server    the Python package `steelyard_contract`
generate  writes all of it into place, or compares it with what is there
"""
