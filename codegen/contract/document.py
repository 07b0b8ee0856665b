"""Read access to the bundle for generators and checks: operations, references, JSON pointers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from codegen.contract.yaml import SourceDict

METHODS = ("get", "put", "post", "delete", "patch")
# The schema of each item, beside the `schema` of a stream, which is a text for every other program.
ITEM_SCHEMA = "x-item-schema"

Node = Mapping[str, Any]


# A comparison of two contracts follows the same pointers thousands of times.
@lru_cache(maxsize=20_000)
def pointer(*steps: str | int) -> str:
    """`pointer('paths', '/items', 'get')` is `/paths/~1items/get`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps(where: str) -> list[str]:
    """The steps of a JSON pointer."""
    return list(_steps(where))


@lru_cache(maxsize=20_000)
def _steps(where: str) -> tuple[str, ...]:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:])


def referenced(node: Node) -> str | None:
    """The last part of a reference, `Item` of `#/components/schemas/Item`; None for any other node."""
    return str(node["$ref"]).rsplit("/", 1)[1] if "$ref" in node else None


def schema_field(content: Node) -> str:
    """The field of a media type that describes its values: the items of a stream, or the whole body."""
    return ITEM_SCHEMA if ITEM_SCHEMA in content else "schema"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation."""

    spec: Node
    component: str | None
    pointer: str

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def plain(self) -> Node:
        """The parameter without a style that it has anyway."""
        usual = {"style": "form", "explode": True} if self.spec["in"] == "query" else {"style": "simple", "explode": False}
        return {key: held for key, held in self.spec.items() if key not in usual or held != usual[key]}

    @property
    def separator(self) -> str | None:
        """Between the elements of an array that is one text (`style: simple`, `explode: false`); None: each is sent by itself."""
        return None if self.spec["in"] == "query" and self.spec.get("explode", True) else ","

    @property
    def edge(self) -> bool:
        """Read by the compiler, invisible to handlers."""
        return "x-edge" in self.spec


@dataclass(frozen=True, slots=True)
class Response:
    """A response of an operation, in one of its media types: in the first one, unless another was chosen."""

    status: int
    spec: Node
    pointer: str
    chosen: str | None = None

    @property
    def media(self) -> str | None:
        return self.chosen or next(iter(self.spec.get("content", {})), None)

    @property
    def schema(self) -> Node | None:
        """Of the body, or of each item of a stream."""
        if self.media is None:
            return None
        content = self.spec["content"][self.media]
        schema: Node = content[schema_field(content)]
        return schema

    @property
    def schema_pointer(self) -> str | None:
        if self.media is None:
            return None
        return self.pointer + pointer("content", self.media, schema_field(self.spec["content"][self.media]))


class Operation:
    """One operation of the bundle."""

    def __init__(self, document: "Document", path: str, method: str, item: Node, spec: Node) -> None:
        self.document, self.path, self.method, self.item, self.spec = document, path, method, item, spec
        self.pointer = pointer("paths", path, method)
        self.id: str = spec.get("operationId", f"{method.upper()} {path}")

    @property
    def security(self) -> list[dict[str, list[str]]]:
        """Alternatives; `{}` means that no credential is required."""
        ways: list[dict[str, list[str]]] = self.spec.get("security", self.document.root.get("security", []))
        return ways

    @property
    def navigates(self) -> bool:
        """Browsers open it as a page; programs do not call it."""
        return bool(self.spec.get("x-navigation"))

    @property
    def rate_class(self) -> str:
        return str(self.spec.get("x-rate-class", "default"))

    def parameters(self) -> Iterator[Parameter]:
        """Those of the path item first; includes the ones that the compiler reads by itself."""
        for holder, at in ((self.item, pointer("paths", self.path)), (self.spec, self.pointer)):
            for index, node in enumerate(holder.get("parameters", ())):
                name = referenced(node)
                where = at + pointer("parameters", index) if name is None else pointer("components", "parameters", name)
                yield Parameter(self.document.dereference(node), name, where)

    def responses(self) -> Iterator[Response]:
        for status, node in self.spec.get("responses", {}).items():
            name = referenced(node)
            at = self.pointer + pointer("responses", status) if name is None else pointer("components", "responses", name)
            yield Response(int(status), self.document.dereference(node), at)

    def successes(self) -> list[Response]:
        """The 2xx and 303 responses, which handlers return. The compiler makes 304, and problems are raised."""
        return [response for response in self.responses() if response.status < 300 or response.status == 303]

    def representations(self) -> Iterator[Response]:
        """Its successes, each in each of its media types."""
        for success in self.successes():
            for media in success.spec.get("content", {}) or (None,):
                yield replace(success, chosen=media)

    @property
    def offers(self) -> list[str]:
        """The media types of its successes: a caller chooses by `Accept`, and gets the first one without it."""
        return list(dict.fromkeys(each.media for each in self.representations() if each.media is not None))

    @property
    def problem_media(self) -> list[str]:
        """The media types of its problems, which they have in common."""
        return next((list(response.spec["content"]) for response in self.responses() if response.status >= 400 and response.media), [])

    def problems(self) -> list[str]:
        """The names of its problems."""
        names: list[str] = []
        for response in self.responses():
            if response.status >= 400 and (schema := response.schema) is not None:
                names += [str(referenced(branch)).removesuffix("Problem") for branch in schema.get("oneOf", [schema])]
        return names


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server posts to receivers: an entry of `webhooks`, or a callback of an operation, named `importParts.finished`."""

    name: str
    item: Node
    pointer: str
    operation: Operation | None = None
    """The one whose request has the URL of the receiver."""
    url: str = ""
    """The expression of it."""

    @property
    def spec(self) -> Node:
        """Its `post`."""
        post: Node = self.item["post"]
        return post

    @property
    def at(self) -> str:
        """The pointer to its `post`."""
        return self.pointer + pointer("post")

    @property
    def schemas(self) -> Iterator[tuple[Node, str]]:
        """The schema of its body, with its pointer; one for each media type."""
        at = self.at + pointer("requestBody", "content")
        for media, content in self.spec.get("requestBody", {}).get("content", {}).items():
            yield content["schema"], at + pointer(media, "schema")


class Document:
    """The whole bundle."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._registry: jsonschema_rs.Registry | None = None

    def get(self, where: str) -> Any:
        """The node at a JSON pointer."""
        node: Any = self.root
        for step in _steps(where):
            node = node[int(step)] if isinstance(node, list) else node[step]
        return node

    def location(self, where: str) -> str:
        """File and line of the node at a JSON pointer, or of the nearest node around it that is written by hand."""
        location: str = self.root.location() if isinstance(self.root, SourceDict) else where or "/"
        node: Any = self.root
        for step in steps(where):
            if isinstance(node, SourceDict):
                location = node.location(step)
            node = node[int(step)] if isinstance(node, list) else node.get(step, {}) if isinstance(node, Mapping) else {}
            if isinstance(node, SourceDict):
                location = node.location()
        return location

    def dereference(self, node: Node) -> Node:
        """The node itself, or what its references lead to."""
        while "$ref" in node:
            node = self.get(str(node["$ref"]).removeprefix("#"))
        return node

    def validator(self, where: str) -> jsonschema_rs.Draft202012Validator:
        """The schema at a JSON pointer as a validator, formats included."""
        if self._registry is None:
            self._registry = jsonschema_rs.Registry([("urn:contract", dict(self.root))])
        if where not in self._validators:
            schema = {"$ref": f"urn:contract#{quote(where)}"}
            self._validators[where] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, registry=self._registry)
        return self._validators[where]

    def components(self, section: str) -> dict[str, Node]:
        components: dict[str, Node] = self.root.get("components", {}).get(section, {})
        return components

    def operations(self) -> Iterator[Operation]:
        for path, item in self.root.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    yield Operation(self, path, method, item, item[method])

    def deliveries(self) -> Iterator[Delivery]:
        for name, item in self.root.get("webhooks", {}).items():
            yield Delivery(name, item, pointer("webhooks", name))
        for operation in self.operations():
            for name, callback in operation.spec.get("callbacks", {}).items():
                for url, item in callback.items():
                    at = operation.pointer + pointer("callbacks", name, url)
                    yield Delivery(f"{operation.id}.{name}", item, at, operation, url)
