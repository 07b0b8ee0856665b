"""The Python package that the server is compiled from: `steelyard_contract`. A module here for each module that is written."""
