"""The contract as a test reads it: which operation a request is for, and in which ways an answer differs from what is promised.

A second opinion: nothing of the server's own dispatch, referee or generated records is used here, only openapi.json and jsonschema-rs.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import jsonschema_rs

import steelyard_contract

BUNDLE = Path(steelyard_contract.__file__).with_name("openapi.json")
PROBLEM_JSON = "application/problem+json"

Schema = dict[str, Any]
Headers = list[tuple[str, str]]

_URI = "urn:steelyard:judge"
_METHODS = ("get", "put", "post", "delete", "patch")
# Framing and what browsers need: no operation promises them.
_UNPROMISED = frozenset(
    {"content-length", "content-type", "date", "connection", "strict-transport-security", "cross-origin-resource-policy"}
)
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Operation:
    """An operation of the document, with references resolved where a test looks."""

    id: str
    method: str
    path: str
    node: Schema
    pointer: str
    pattern: re.Pattern[str] = field(repr=False)

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Exchange:
    """What went over the wire, as bytes or nearly so."""

    method: str
    target: str
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header; several of one name are joined as HTTP joins them."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def json(self) -> Any:
        return json.loads(self.body)


class ContractMismatches(AssertionError):
    """Several ways in which a server is not what the contract says, each with the exchange that shows it."""

    def __init__(self, operation: Operation, found: list[tuple[str, Exchange]]) -> None:
        super().__init__(f"{operation}:\n" + "\n".join(what for what, _ in found))
        self.operation = operation
        self.mismatches = found


class Contract:
    """openapi.json, read once."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.tree: Schema = json.loads(raw)
        self._registry = jsonschema_rs.Registry([(_URI, {"paths": self.tree["paths"], "components": self.tree["components"]})])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """By operationId, in the order of the document."""
        found = {}
        for path, item in self.tree["paths"].items():
            for method in _METHODS:
                if method in item:
                    node = item[method]
                    pattern = re.compile(
                        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({[^}]+})", path))
                    )
                    pointer = f"/paths/{escaped(path)}/{method}"
                    found[node["operationId"]] = Operation(node["operationId"], method.upper(), path, node, pointer, pattern)
        return found

    def resolve(self, node: Schema) -> Schema:
        while "$ref" in node:
            target: Any = self.tree
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def parameters(self, operation: Operation) -> list[Schema]:
        """Those of the path and those of the operation itself."""
        shared = self.tree["paths"][operation.path].get("parameters", [])
        return [self.resolve(one) for one in (*shared, *operation.node.get("parameters", []))]

    def body(self, operation: Operation) -> tuple[str, Schema] | None:
        """Media type and media object of the request body."""
        content = self.resolve(operation.node.get("requestBody", {})).get("content", {})
        return next(iter(content.items()), None)

    def security(self, operation: Operation) -> list[dict[str, list[str]]]:
        """Alternatives of scheme -> scopes; an empty one admits anybody."""
        ways: list[dict[str, list[str]]] = (operation.node if "security" in operation.node else self.tree)["security"]
        return ways

    def responses(self, operation: Operation) -> dict[int, Schema]:
        """Status -> answer."""
        return {int(status): self.resolve(node) for status, node in operation.node["responses"].items()}

    def problems(self, operation: Operation) -> dict[str, int]:
        """Problem type -> status, for every refusal that the operation declares."""
        return {kind: status for status, node in self.responses(operation).items() for kind in self.problem_types(node)}

    def problem_types(self, answer: Schema) -> list[str]:
        """The problem types that an answer of the document may have."""
        schema = answer.get("content", {}).get(PROBLEM_JSON, {}).get("schema")
        if schema is None:
            return []
        schema = self.resolve(schema)
        return [self.resolve(one)["properties"]["type"]["const"] for one in schema.get("oneOf", [schema])]

    def validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Decides on instances of the schema at that pointer, formats included."""
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_URI}#{quote(pointer)}"}, registry=self._registry, validate_formats=True
            )
        return self._validators[pointer]

    def paths_for(self, raw_path: str) -> list[str]:
        """The paths of the contract that a raw path could be, the most literal first."""
        segments = raw_path.removesuffix("/").split("/")[1:] if raw_path != "/" else [""]
        try:
            decoded = [unquote_to_bytes(segment).decode() for segment in segments]
        except UnicodeDecodeError:
            return []
        if any(segment in {"", ".", ".."} for segment in decoded) and raw_path != "/":
            return []
        if any(re.search(r"%(?![0-9A-Fa-f]{2})", segment) for segment in segments):
            return []
        found = []
        for path in self.tree["paths"]:
            template = path.split("/")[1:]
            if len(template) == len(decoded) and all(
                one.startswith("{") or one == other for one, other in zip(template, decoded, strict=True)
            ):
                found.append(path)
        return sorted(found, key=lambda path: [segment.startswith("{") for segment in path.split("/")])

    def find(self, method: str, raw_path: str) -> tuple[Operation | None, list[str]]:
        """The operation that answers, and else the methods that the path has; no methods: no path of the contract."""
        paths = self.paths_for(raw_path)
        if not paths:
            return None, []
        item = self.tree["paths"][paths[0]]
        methods = {name.upper() for name in _METHODS if name in item}
        wanted = "GET" if method == "HEAD" else method
        if wanted in methods:
            return self.operations[item[wanted.lower()]["operationId"]], sorted(methods)
        return None, sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))

    # -- judging -------------------------------------------------------------------------------------------------------
    def mismatches(self, exchange: Exchange) -> list[str]:
        """Each way in which the answer is not what the contract promises: operation, status, place, keyword."""
        if exchange.method == "OPTIONS" and exchange.status == 204 and exchange.header("allow") is None:
            return []  # a preflight is the Fetch standard's
        operation, methods = self.find(exchange.method, exchange.path)
        if operation is not None:
            found = self._answer(operation, exchange)
            name = operation.id
        elif methods and exchange.method == "OPTIONS":
            found = self._options(exchange, methods)
            name = f"OPTIONS {exchange.path}"
        elif methods:
            found = self._component("MethodNotAllowed", 405, exchange)
            if exchange.header("allow") != ", ".join(methods) or not (
                found or exchange.method == "HEAD" or exchange.json()["allow"] == methods
            ):
                found.append("allow: is not every method of the path")
            name = "405"
        elif exchange.status == 404 and exchange.header("content-type") == PROBLEM_JSON and b"about:blank" not in exchange.body:
            found = self._component("NotFound", 404, exchange)
            name = "404"
        else:
            return []  # a page, or a route that a user has added
        return [f"{name} {exchange.status}: {one}" for one in (*found, *framing(exchange))]

    def check(self, exchange: Exchange) -> None:
        """AssertionError with all differences."""
        found = self.mismatches(exchange)
        assert not found, "the answer is not what the contract promises:\n  " + "\n  ".join(found) + f"\n  {exchange.body[:600]!r}"

    def _answer(self, operation: Operation, exchange: Exchange) -> list[str]:
        if str(exchange.status) not in operation.node["responses"]:
            return [f"status: is not among {sorted(operation.node['responses'])}"]
        pointer = self._follow(f"{operation.pointer}/responses/{exchange.status}")
        return self._judged(pointer, exchange)

    def _component(self, name: str, status: int, exchange: Exchange) -> list[str]:
        if exchange.status != status:
            return [f"status: should be {status}"]
        return self._judged(f"/components/responses/{name}", exchange)

    def _options(self, exchange: Exchange, methods: list[str]) -> list[str]:
        found = [] if exchange.status == 204 else ["status: a plain OPTIONS is 204"]
        if exchange.header("allow") != ", ".join(methods):
            found.append("allow: is not every method of the path")
        return found

    def _judged(self, pointer: str, exchange: Exchange) -> list[str]:
        answer = self.at(pointer)
        found = list(self._judged_headers(pointer, answer, exchange))
        content = answer.get("content", {})
        media = next(iter(content), None)
        if exchange.header("content-type") != media:
            return [*found, f"content-type: is {exchange.header('content-type')!r}, promised is {media!r}"]
        if media is None:
            return found if not exchange.body else [*found, "body: is there, and none is promised"]
        if exchange.method == "HEAD":
            return found
        try:
            value = json.loads(exchange.body, object_pairs_hook=_once)
        except ValueError as error:
            return [*found, f"body: is not JSON ({error})"]
        found += [str(one) for one in self._judged_body(f"{pointer}/content/{escaped(media)}/schema", value)]
        if media == PROBLEM_JSON and isinstance(value, dict):
            found += [] if value.get("status") == exchange.status else ["/status: is not the status of the answer"]
            named = f"urn:uuid:{exchange.header('x-request-id')}"
            found += [] if value.get("instance") == named else ["/instance: is not the request's id"]
        return found

    def _judged_body(self, pointer: str, value: Any) -> Iterator[str]:
        kinds = self.resolve(self.at(pointer)).get("discriminator", {})
        if kinds and isinstance(value, dict):
            # Say what is wrong with the one that is meant, not that none of them fits.
            meant = kinds.get("mapping", {}).get(value.get(kinds["propertyName"]))
            if meant is None:
                yield f"/{kinds['propertyName']}: {value.get(kinds['propertyName'])!r} is not among {sorted(kinds.get('mapping', {}))}"
                return
            pointer = meant.removeprefix("#")
        for error in self.validator(pointer).iter_errors(value):
            place = "".join(f"/{step}" for step in error.instance_path) or "/"
            keyword = error.schema_path[-1] if error.schema_path else "schema"
            yield f"{place}: breaks {keyword!r} ({error.message[:120]})"

    def _judged_headers(self, pointer: str, answer: Schema, exchange: Exchange) -> Iterator[str]:
        declared = answer.get("headers", {})
        for name in declared:
            place = self._follow(f"{pointer}/headers/{escaped(name)}")
            header = self.at(place)
            text = exchange.header(name)
            if text is None:
                if header.get("required"):
                    yield f"{name}: is missing"
                continue
            integer = self.resolve(header["schema"]).get("type") == "integer"
            value: Any = int(text) if integer and re.fullmatch("-?[0-9]+", text) else text
            for error in self.validator(f"{place}/schema").iter_errors(value):
                yield f"{name}: breaks {error.schema_path[-1] if error.schema_path else 'schema'!r} ({error.message[:120]})"
        known = {name.lower() for name in declared} | _UNPROMISED
        for name, count in Counter(name.lower() for name, _ in exchange.headers).items():
            if name not in known and not name.startswith("access-control-"):
                yield f"{name}: is sent and not promised"
            if count > 1:
                yield f"{name}: is sent {count} times"

    def _follow(self, pointer: str) -> str:
        node = self.at(pointer)
        while "$ref" in node:
            pointer = node["$ref"].removeprefix("#")
            node = self.at(pointer)
        return pointer

    def at(self, pointer: str) -> Schema:
        """What a JSON pointer points at."""
        node: Any = self.tree
        for step in pointer.split("/")[1:]:
            node = node[int(step)] if isinstance(node, list) else node[step.replace("~1", "/").replace("~0", "~")]
        found: Schema = node
        return found


def framing(exchange: Exchange) -> Iterator[str]:
    """Whether the length is that of the bytes, and HEAD and empty answers are empty."""
    length = exchange.header("content-length")
    if exchange.status in _NO_BODY:
        if exchange.body or length is not None:
            yield "content-length: an empty response has none"
    elif length is None or not length.isdecimal():
        yield "content-length: is missing"
    elif exchange.method == "HEAD":
        if exchange.body:
            yield "body: HEAD has none"
    elif int(length) != len(exchange.body):
        yield f"content-length: says {length}, sent are {len(exchange.body)} bytes"


def escaped(step: str) -> str:
    """A step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(pairs)
    members = dict(listed)
    if len(members) != len(listed):
        raise ValueError("a member is there twice")
    return members


CONTRACT = Contract(BUNDLE.read_bytes())
