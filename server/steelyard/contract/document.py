"""The served contract: the committed bundle, and validators for its schemas."""

import hashlib
import json
from functools import cache, cached_property
from importlib import resources
from typing import Any, cast
from urllib.parse import quote

import jsonschema_rs

Schema = dict[str, Any]

# Names the document inside the registry; nothing is ever fetched from it.
_URI = "urn:steelyard:contract"


class Document:
    """One OpenAPI document: its bytes, their digest, and its nodes by JSON pointer."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.sha256 = hashlib.sha256(raw).hexdigest()
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @classmethod
    @cache
    def load(cls) -> "Document":
        """The bundle that was generated together with the models, read once in a process. These bytes are served."""
        return cls((resources.files("steelyard_contract") / "openapi.json").read_bytes())

    @cached_property
    def tree(self) -> Schema:
        """The document as Python values."""
        return cast("Schema", json.loads(self.raw))

    @property
    def version(self) -> str:
        """`info.version`."""
        return str(self.tree["info"]["version"])

    def get(self, pointer: str) -> Any:
        """The node that a JSON pointer names (RFC 6901)."""
        node: Any = self.tree
        for escaped in pointer.split("/")[1:]:
            step = escaped.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        return node

    def target(self, pointer: str) -> str:
        """The pointer that a `$ref` leads to, or the same pointer."""
        while isinstance(node := self.get(pointer), dict) and "$ref" in node:
            pointer = node["$ref"].removeprefix("#")
        return pointer

    def dereference(self, node: Schema) -> Schema:
        """The node itself, or the node that its `$ref` leads to."""
        while "$ref" in node:
            node = self.get(node["$ref"].removeprefix("#"))
        return node

    def validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Decides whether instances keep the schema at that pointer, formats included."""
        if pointer not in self._validators:
            schema = {"$ref": f"{_URI}#{quote(pointer)}"}
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=True)
        return self._validators[pointer]

    @cached_property
    def member_names(self) -> frozenset[str]:
        """Every name that the document gives to a member of an object; others in instances are callers' own."""
        names: set[str] = set()
        nodes: list[Any] = [self.tree]
        while nodes:
            node = nodes.pop()
            if isinstance(node, dict):
                properties = node.get("properties")
                names.update(properties if isinstance(properties, dict) else ())
                nodes.extend(node.values())
            elif isinstance(node, list):
                nodes.extend(node)
        return frozenset(names)

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        """Built once: a validator from it takes a hundredth of the time of one with a separate copy of the document."""
        return jsonschema_rs.Registry([(_URI, {"paths": self.tree["paths"], "components": self.tree["components"]})])
