"""The contract with each schema under the name of its class, which the SDK has in place of a name that is no class."""

from collections.abc import Mapping
from typing import Any

from codegen.contract.document import Document
from codegen.contract.names import schema_class

PREFIX = "#/components/schemas/"


def renamed(document: Document) -> Document:
    """The same document, or a copy in which `Any` is AnyModel."""
    names = {name: schema_class(name) for name in document.components("schemas")}
    if all(name == other for name, other in names.items()):
        return document
    root = dict(_walked(document.root, {PREFIX + name: PREFIX + other for name, other in names.items()}))
    schemas = {names[name]: schema for name, schema in root["components"]["schemas"].items()}
    return Document({**root, "components": {**root["components"], "schemas": schemas}})


def _walked(node: Any, refs: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_walked(child, refs) for child in node]
    if isinstance(node, Mapping):
        return {key: _walked(child, refs) for key, child in node.items()}
    return refs.get(node, node) if isinstance(node, str) else node
