"""Makes everything in generated/ from the hand-written contract in openapi/.

contract  the contract as it is written, and as one document
lint      rules of the contract beyond OpenAPI
server    the Python package `steelyard_contract`
client    the Python package `steelyard_client`
compat    what changed since the last release, and which version that requires
generate  writes all of it into place, or compares it with the files that are there
"""
