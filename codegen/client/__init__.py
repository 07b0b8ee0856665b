"""From the bundle to the Python SDK `steelyard_client`.

shape      what openapi-python-client is given to read
names      how things are called in Python
kinds      the type of a value, and how it is read from JSON
models     an object as a class, a problem as an exception
methods    an operation as a method
driver     runs the generator with our templates; any of its warnings is an error
reference  docs/sdk.md
"""
