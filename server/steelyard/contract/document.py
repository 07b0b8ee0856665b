"""The contract as it is served: the committed bundle, and judges of the instances that it describes."""

import hashlib
import json
from functools import cached_property
from importlib import resources
from typing import Any, cast

import jsonschema_rs

Schema = dict[str, Any]


class Document:
    """One OpenAPI document: its bytes, their digest, and what its JSON pointers lead to."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.sha256 = hashlib.sha256(raw).hexdigest()

    @classmethod
    def committed(cls) -> "Document":
        """The bundle that was generated together with the models; what is served is these bytes."""
        return cls((resources.files("steelyard_contract") / "openapi.json").read_bytes())

    @cached_property
    def tree(self) -> Schema:
        """The document as Python values."""
        return cast("Schema", json.loads(self.raw))

    @property
    def version(self) -> str:
        """`info.version`."""
        return str(self.tree["info"]["version"])

    def at(self, pointer: str) -> Any:
        """The node that a JSON pointer names (RFC 6901)."""
        node: Any = self.tree
        for step in pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        return node

    def resolve(self, node: Schema) -> Schema:
        """The node itself, or what its `$ref` stands for."""
        while "$ref" in node:
            node = self.at(node["$ref"].removeprefix("#"))
        return node

    def judge(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Decides whether instances keep the schema at that pointer, formats included."""
        schema = {"$ref": f"#{pointer}", "paths": self.tree["paths"], "components": self.tree["components"]}
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
