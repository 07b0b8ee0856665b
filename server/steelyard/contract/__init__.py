"""The contract compiler: from an operation of the contract to an ASGI callable. It knows no tag folder and no table."""
