"""`steelyard openapi`."""

import sys
from typing import Annotated

import typer


def openapi(
    *,
    yaml: Annotated[bool, typer.Option("--yaml", help="As YAML.")] = False,
) -> None:
    """Print the contract that this version serves, byte for byte."""
    from steelyard.contract.document import Document
    from steelyard.web_pages.contract import to_yaml

    raw = Document.load().raw
    sys.stdout.buffer.write(to_yaml(raw) if yaml else raw)
