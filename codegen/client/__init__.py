"""Makes the Python SDK `steelyard_client` of the bundle: templates for openapi-python-client, and docs/sdk.md."""
