"""The contract compiler: from an operation of the contract to an ASGI callable. It imports no feature and no table."""
