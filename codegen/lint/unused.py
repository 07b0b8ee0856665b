"""Unused parts of the contract, which the bundle leaves out silently."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codegen.contract.bundle import SECTIONS
from codegen.contract.document import Document, referenced
from codegen.contract.yaml import read

# The bundler copies it into each problem.
BASE = ("problems.yaml", "Problem")


def unused(document: Document, folder: Path) -> Iterator[str]:
    """File and line of components and problems that no operation uses."""
    problems = read(folder / "problems.yaml")
    sent = [use for entry in problems.values() for use in entry.get("headers", {}).values()]
    written_out = {use["component"] for use in sent if isinstance(use, dict)}  # with a constant value, so they are not components
    extended = {name for file in (folder / "schemas").glob("*.yaml") for name in _extended(read(file))}
    for file in (*sorted((folder / "schemas").glob("*.yaml")), folder / "parameters.yaml", folder / "headers.yaml"):
        kept, table = document.components(SECTIONS.get(file.name, "schemas")), read(file)
        for name in sorted(table.keys() - kept.keys() - written_out - extended):
            if (file.name, name) != BASE:
                yield f"{table.location(name)}: unused: nothing refers to {name}. Use it, or remove it."
    raised = {name for operation in document.operations() for name in operation.problems()}
    for name, entry in problems.items():
        if name not in raised and entry.get("ambient") != "never":
            yield f"{problems.location(name)}: unused: no operation has {name}. Name it in x-problems, or remove it."


def _extended(node: Any) -> Iterator[str]:
    """The schemas that an allOf has joined."""
    if isinstance(node, list):
        for child in node:
            yield from _extended(child)
    elif isinstance(node, Mapping):
        yield from (name for part in node.get("allOf", ()) for name in [referenced(part)] if name)
        for child in node.values():
            yield from _extended(child)
