"""Checks exchanges against the contract: finds the operation of a request and the mismatches of its response.

It is independent of the server: it uses openapi.json and jsonschema-rs, and neither the dispatcher, the validator nor generated code.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

import jsonschema_rs

import steelyard_contract
from tests.kit.contract import laws
from tests.kit.contract.bodies import EVENTS, content_type, decoded, encoded, is_json, is_stream, is_text, schema_field, values
from tests.kit.contract.negotiation import acceptable

BUNDLE = Path(steelyard_contract.__file__).with_name("openapi.json")
PROBLEM_JSON = "application/problem+json"
SEE_OTHER = 303

Schema = dict[str, Any]
Headers = list[tuple[str, str]]

_URI = "urn:steelyard:checker"
_METHODS = ("get", "put", "post", "delete", "patch")
# For framing and for browsers. No operation declares them.
_UNPROMISED = frozenset(
    {
        "content-length",
        "transfer-encoding",
        "content-type",
        "date",
        "connection",
        "strict-transport-security",
        "cross-origin-resource-policy",
    }
)
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str
    node: Schema
    pointer: str
    pattern: re.Pattern[str] = field(repr=False)

    def __str__(self) -> str:
        return self.id

    @property
    def navigates(self) -> bool:
        """Browsers open it as a page: its success is a 303, each to another address, and it ignores unknown parameters of the query."""
        return bool(self.node.get("x-navigation"))


@dataclass(frozen=True)
class Exchange:
    """A request and its response, as they were sent."""

    method: str
    target: str
    status: int
    headers: Headers
    body: bytes
    sent: Headers | None = None
    """The header fields of the request, if they are known."""

    def header(self, name: str) -> str | None:
        """The value of a header. Values of the same name are joined by commas."""
        values = self.by_name.get(name.lower())
        return ", ".join(values) if values else None

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """The values of each header, by its name in lower case."""
        by_name: dict[str, list[str]] = {}
        for key, value in self.headers:
            by_name.setdefault(key.lower(), []).append(value)
        return by_name

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def is_success(self) -> bool:
        """Whether the request had its effect: 2xx, or 303 for a browser."""
        return 200 <= self.status < 300 or self.status == SEE_OTHER

    def json(self) -> Any:
        return json.loads(self.body)


class ContractMismatches(AssertionError):
    """Several mismatches of one operation, each with its exchange."""

    def __init__(self, operation: Operation, mismatches: list[tuple[str, Exchange]]) -> None:
        super().__init__(f"{operation}:\n" + "\n".join(mismatch for mismatch, _ in mismatches))
        self.operation = operation
        self.mismatches = mismatches


class Contract:
    """openapi.json, read once."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.tree: Schema = json.loads(raw)
        self._registry = jsonschema_rs.Registry([(_URI, {"paths": self.tree["paths"], "components": self.tree["components"]})])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._nodes: dict[str, Schema] = {}
        # The same paths come again and again, and each exchange is looked up by several readers.
        self._find = lru_cache(maxsize=5000)(self._operation_and_methods)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """By operationId, in the order of the document."""
        operations = {}
        for path, item in self.tree["paths"].items():
            for method in _METHODS:
                if method in item:
                    node = item[method]
                    pattern = re.compile(
                        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({[^}]+})", path))
                    )
                    pointer = f"/paths/{escaped(path)}/{method}"
                    operations[node["operationId"]] = Operation(node["operationId"], method.upper(), path, node, pointer, pattern)
        return operations

    @cached_property
    def base_path(self) -> str:
        """The path of the server, which comes before the paths of all operations."""
        server = self.tree.get("servers", [{"url": "/"}])[0]
        defaults = {name: variable["default"] for name, variable in server.get("variables", {}).items()}
        address: str = server["url"].format(**defaults)
        return urlsplit(address).path.rstrip("/")

    def resolve(self, node: Schema) -> Schema:
        while "$ref" in node:
            node = self.at(node["$ref"].removeprefix("#"))
        return node

    def parameters(self, operation: Operation) -> list[Schema]:
        """The parameters of the path and of the operation."""
        shared = self.tree["paths"][operation.path].get("parameters", [])
        return [self.resolve(parameter) for parameter in (*shared, *operation.node.get("parameters", []))]

    def body(self, operation: Operation) -> tuple[str, Schema] | None:
        """Media type and media object of the request body, or None."""
        content = self.resolve(operation.node.get("requestBody", {})).get("content", {})
        return next(iter(content.items()), None)

    def files(self, operation: Operation) -> frozenset[str]:
        """The members of its form that are files."""
        _, content = self.body(operation) or ("", {"schema": {}})
        members = self.resolve(content["schema"]).get("properties", {})
        return frozenset(name for name, node in members.items() if self.resolve(node).get("format") == "binary")

    def encoded(self, operation: Operation, value: Any) -> bytes:
        """The bytes of a body, as the media type of the operation writes them."""
        media, _ = self.body(operation) or (None, {})
        raw = encoded(media, value, self.files(operation))
        assert raw is not None, f"{operation} has a body that {media} cannot hold: {value!r}"
        return raw

    def security(self, operation: Operation) -> list[dict[str, list[str]]]:
        """Alternatives of scheme -> scopes. An empty alternative requires no credential."""
        alternatives: list[dict[str, list[str]]] = (operation.node if "security" in operation.node else self.tree)["security"]
        return alternatives

    def responses(self, operation: Operation) -> dict[int, Schema]:
        """Status -> response."""
        return {int(status): self.resolve(node) for status, node in operation.node["responses"].items()}

    def problems(self, operation: Operation) -> dict[str, int]:
        """Problem type -> status, for every problem that the operation declares."""
        return {kind: status for status, node in self.responses(operation).items() for kind in self.problem_types(node)}

    def problem_types(self, response: Schema) -> list[str]:
        """The problem types that a response of the document may have."""
        schema = response.get("content", {}).get(PROBLEM_JSON, {}).get("schema")
        if schema is None:
            return []
        schema = self.resolve(schema)
        return [self.resolve(branch)["properties"]["type"]["const"] for branch in schema.get("oneOf", [schema])]

    def validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Validates instances of the schema at a pointer, including formats."""
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_URI}#{quote(pointer)}"}, registry=self._registry, validate_formats=True
            )
        return self._validators[pointer]

    def paths_for(self, raw_path: str) -> list[str]:
        """The paths of the contract that match a raw path, those with fewer parameters first."""
        if not f"{raw_path}/".startswith(f"{self.base_path}/"):
            return []
        raw_path = raw_path.removeprefix(self.base_path) or "/"
        segments = raw_path.removesuffix("/").split("/")[1:] if raw_path != "/" else [""]
        try:
            decoded = [unquote_to_bytes(segment).decode() for segment in segments]
        except UnicodeDecodeError:
            return []
        if any(segment in {"", ".", ".."} for segment in decoded) and raw_path != "/":
            return []
        if any(re.search(r"%(?![0-9A-Fa-f]{2})", segment) for segment in segments):
            return []
        return sorted((path for path in self.tree["paths"] if captured(path, decoded) is not None), key=rank)

    def find(self, method: str, raw_path: str) -> tuple[Operation | None, list[str]]:
        """The operation of a request, if there is one, and the methods of the path. No methods: the contract has no such path."""
        operation, methods = self._find(method, raw_path)
        return operation, [*methods]

    def _operation_and_methods(self, method: str, raw_path: str) -> tuple[Operation | None, list[str]]:
        paths = self.paths_for(raw_path)
        if not paths:
            return None, []
        item = self.tree["paths"][paths[0]]
        methods = {name.upper() for name in _METHODS if name in item}
        declared = "GET" if method == "HEAD" else method
        if declared in methods:
            return self.operations[item[declared.lower()]["operationId"]], sorted(methods)
        return None, sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))

    # -- checking ------------------------------------------------------------------------------------------------------
    def mismatches(self, exchange: Exchange) -> list[str]:
        """The mismatches of a response: operation, status, place and keyword."""
        if exchange.method == "OPTIONS" and exchange.status == 204 and exchange.header("allow") is None:
            return []  # the Fetch standard describes preflights
        operation, methods = self.find(exchange.method, exchange.path)
        if operation is not None:
            mismatches = self._response(operation, exchange)
            name = operation.id
        elif methods and exchange.method == "OPTIONS":
            mismatches = self._options(exchange, methods)
            name = f"OPTIONS {exchange.path}"
        elif methods:
            mismatches = self._component("MethodNotAllowed", 405, exchange)
            if exchange.header("allow") != ", ".join(methods) or not (
                mismatches or exchange.method == "HEAD" or exchange.json()["allow"] == methods
            ):
                mismatches.append("allow: is not every method of the path")
            name = "405"
        elif exchange.status == 404 and exchange.header("content-type") == PROBLEM_JSON and b"about:blank" not in exchange.body:
            mismatches = self._component("NotFound", 404, exchange)
            name = "404"
        else:
            return []  # a web page, or a route that an application has added
        return [f"{name} {exchange.status}: {mismatch}" for mismatch in (*mismatches, *framing(exchange))]

    def contradictions(self, memory: laws.Memory, exchange: Exchange) -> list[str]:
        """What a valid response says that an earlier one has excluded: x-unique and x-immutable."""
        operation, _ = self.find(exchange.method, exchange.path)
        node = self.responses(operation).get(exchange.status, {}) if operation is not None else {}
        headers = {
            name: exchange.header(name) or ""
            for name, header in node.get("headers", {}).items()
            if self.resolve(header).get("x-unique") and exchange.header(name) is not None
        }
        if exchange.header("idempotency-replayed") or (exchange.sent and any(name.lower() == "x-request-id" for name, _ in exchange.sent)):
            return []  # a stored response, or an id of the caller
        media = media_of(node, exchange)
        parts: list[laws.Part] = []
        if media is not None and is_json(media) and exchange.is_success and exchange.method != "HEAD":
            parts = list(laws.parts(self.resolve, node["content"][media]["schema"], exchange.json()))
        return [f"{operation} {exchange.status}: {broken}" for broken in memory.contradictions(parts, headers)]

    def check(self, exchange: Exchange) -> None:
        """AssertionError with all mismatches."""
        mismatches = self.mismatches(exchange)
        assert not mismatches, "the response does not match the contract:\n  " + "\n  ".join(mismatches) + f"\n  {exchange.body[:600]!r}"

    def _response(self, operation: Operation, exchange: Exchange) -> list[str]:
        if str(exchange.status) not in operation.node["responses"]:
            return [f"status: is not among {sorted(operation.node['responses'])}"]
        pointer = self._follow(f"{operation.pointer}/responses/{exchange.status}")
        return [
            *self._check(pointer, exchange),
            *self._caching(operation, pointer, exchange),
            *self._negotiation(operation, list(self.at(pointer).get("content", {})), exchange),
        ]

    def _negotiation(self, operation: Operation, offered: list[str], exchange: Exchange) -> Iterator[str]:
        """The response has the media type that the caller prefers. A problem is also sent to callers who accept none of its types."""
        is_choice = any(len(node.get("content", {})) > 1 for node in self.responses(operation).values())
        # As above, a failure may come from middleware.
        if is_choice and exchange.status < 500 and "accept" not in re.split("[, ]+", (exchange.header("vary") or "").lower()):
            yield f"Vary: lacks Accept, by which callers choose (it is {exchange.header('vary')})"
        if not offered or exchange.sent is None:
            return
        lines = [value for name, value in exchange.sent if name.lower() == "accept"]
        due = acceptable(offered, ", ".join(lines) if lines else None) or (offered[:1] if exchange.status >= 400 else [])
        if exchange.header("content-type") not in map(content_type, due):
            yield f"content-type: is {exchange.header('content-type')!r}, and the caller accepts {', '.join(due) or 'none'} of {offered}"

    def _caching(self, operation: Operation, pointer: str, exchange: Exchange) -> Iterator[str]:
        """x-cache: what may store the response. A constant Cache-Control of an operation is another rule."""
        law = self.resolve(self.at(pointer).get("headers", {}).get("Cache-Control", {})).get("x-cache")
        if law is None or exchange.sent is None:
            return
        security, has_credential = self.security(operation), any(name.lower() == "authorization" for name, _ in exchange.sent)
        expected = laws.expected_caching(
            law, security=security, method=exchange.method, status=exchange.status, has_credential=has_credential
        )
        if exchange.header("cache-control") not in {expected, None}:
            who = "with a credential" if has_credential else "without a credential"
            yield f"Cache-Control: breaks 'x-cache': {expected} {who} (it is {exchange.header('cache-control')})"
        # A failure may come from middleware, which knows no operation. It is not stored.
        if any(security) and exchange.status < 500 and "authorization" not in (exchange.header("vary") or "").lower():
            yield f"Vary: breaks 'x-cache': Authorization where it counts (it is {exchange.header('vary')})"

    def _component(self, name: str, status: int, exchange: Exchange) -> list[str]:
        if exchange.status != status:
            return [f"status: should be {status}"]
        return self._check(f"/components/responses/{name}", exchange)

    def _options(self, exchange: Exchange, methods: list[str]) -> list[str]:
        mismatches = [] if exchange.status == 204 else ["status: should be 204 for OPTIONS"]
        if exchange.header("allow") != ", ".join(methods):
            mismatches.append("allow: is not every method of the path")
        return mismatches

    def _check(self, pointer: str, exchange: Exchange) -> list[str]:
        response = self.at(pointer)
        mismatches = list(self._check_headers(pointer, response, exchange))
        content = response.get("content", {})
        media = media_of(response, exchange)
        if media is None and (content or exchange.header("content-type") is not None):
            declared = " or ".join(str(content_type(each)) for each in content) or None
            return [*mismatches, f"content-type: is {exchange.header('content-type')!r}, not {declared!r}"]
        if media is None:
            return mismatches if not exchange.body else [*mismatches, "body: is sent and not promised"]
        if exchange.method == "HEAD":
            return mismatches
        try:
            value = decoded(media, exchange.body, object_pairs_hook=_unique_members)
        except ValueError as error:
            return [*mismatches, f"body: is not {'UTF-8' if is_text(media) else 'JSON'} ({error})"]
        field = schema_field(media)
        for each in values(media, value):
            mismatches += self._check_body(f"{pointer}/content/{escaped(media)}/{field}", each)
        mismatches += self._ids(pointer, value) if media == EVENTS else []
        if not mismatches:
            parts = [part for each in values(media, value) for part in laws.parts(self.resolve, content[media][field], each)]
            mismatches += [broken for part in parts for law in (laws.broken_sums, laws.broken_orders) for broken in law(part)]
        if exchange.status >= 400 and isinstance(value, dict):
            mismatches += [] if value.get("status") == exchange.status else ["/status: is not the status of the response"]
            named = f"urn:uuid:{exchange.header('x-request-id')}"
            mismatches += [] if value.get("instance") == named else ["/instance: is not the request's id"]
        return mismatches

    def _ids(self, pointer: str, events: list[dict[str, Any]]) -> Iterator[str]:
        """By the id of each event, a client continues behind it: it is a valid Last-Event-ID, and of one event only."""
        operation = next(each for each in self.operations.values() if pointer.startswith(f"{each.pointer}/"))
        accepted = [parameter["schema"] for parameter in self.parameters(operation) if parameter["name"] == "Last-Event-ID"]
        ids = [event.get("id") for event in events]
        if accepted and not all(map(self.instances(accepted[0]).is_valid, ids)):
            yield f"id: {ids} are not all valid as Last-Event-ID"
        if accepted and len(set(ids)) < len(ids):
            yield f"id: several events of {ids} have the same"

    def instances(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """Validates instances of a schema without references to other components."""
        return jsonschema_rs.Draft202012Validator(self.resolve(schema))

    def _check_body(self, pointer: str, value: Any) -> Iterator[str]:
        kinds = self.resolve(self.at(pointer)).get("discriminator", {})
        if kinds and isinstance(value, dict):
            # Check only the branch that the discriminator names. A mismatch of `oneOf` would not say which member is wrong.
            branch = kinds.get("mapping", {}).get(value.get(kinds["propertyName"]))
            if branch is None:
                yield f"/{kinds['propertyName']}: {value.get(kinds['propertyName'])!r} is not among {sorted(kinds.get('mapping', {}))}"
                return
            pointer = branch.removeprefix("#")
        for error in self.validator(pointer).iter_errors(value):
            place = "".join(f"/{step}" for step in error.instance_path) or "/"
            keyword = error.schema_path[-1] if error.schema_path else "schema"
            yield f"{place}: breaks {keyword!r} ({error.message[:120]})"

    def _check_headers(self, pointer: str, response: Schema, exchange: Exchange) -> Iterator[str]:
        declared = response.get("headers", {})
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
        for name, texts in exchange.by_name.items():
            if name not in known and not name.startswith("access-control-"):
                yield f"{name}: is sent and not promised"
            if len(texts) > 1:
                yield f"{name}: is sent {len(texts)} times"

    def _follow(self, pointer: str) -> str:
        node = self.at(pointer)
        while "$ref" in node:
            pointer = node["$ref"].removeprefix("#")
            node = self.at(pointer)
        return pointer

    def at(self, pointer: str) -> Schema:
        """The node at a JSON pointer."""
        if pointer not in self._nodes:
            node: Any = self.tree
            for step in pointer.split("/")[1:]:
                node = node[int(step)] if isinstance(node, list) else node[step.replace("~1", "/").replace("~0", "~")]
            self._nodes[pointer] = node
        return self._nodes[pointer]


def media_of(response: Schema, exchange: Exchange) -> str | None:
    """The media type of a response of the document in which it was sent; None if it was sent in another one, or has no body."""
    return next((media for media in response.get("content", {}) if content_type(media) == exchange.header("content-type")), None)


def captured(path: str, segments: list[str]) -> dict[str, str] | None:
    """The values of the variables of a path in decoded segments; None if it does not fit."""
    templates, values = path.split("/")[1:], dict[str, str]()
    if len(templates) != len(segments):
        return None
    for template, segment in zip(templates, segments, strict=True):
        if "{" not in template:
            if template != segment:
                return None
            continue
        match = _pattern(template).fullmatch(segment)
        if match is None:
            return None
        values |= match.groupdict()
    return values


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Matches a segment that has the variables of the template."""
    texts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{text}>.+?)" if at % 2 else re.escape(text) for at, text in enumerate(texts)), re.DOTALL)


def rank(path: str) -> list[tuple[bool, int]]:
    """Paths with an earlier rank go first: segment by segment those without variables, then those with more text."""
    return [("{" in segment, -len(re.sub(r"\{\w+\}", "", segment))) if "{" in segment else (False, 0) for segment in path.split("/")]


def framing(exchange: Exchange) -> Iterator[str]:
    """Mismatches of the length and of responses without a body."""
    length = exchange.header("content-length")
    if exchange.status in _NO_BODY:
        if exchange.body or length is not None:
            yield "content-length: an empty response has none"
    elif is_stream(exchange.header("content-type")):
        if length is not None:
            yield "content-length: a stream has none"
    elif length is None or not length.isdecimal():
        yield "content-length: is missing"
    elif exchange.method == "HEAD":
        if exchange.body:
            yield "body: HEAD has none"
    elif int(length) != len(exchange.body):
        yield f"content-length: says {length}, the body has {len(exchange.body)} bytes"


def escaped(step: str) -> str:
    """A name as a step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def _unique_members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(pairs)
    members = dict(listed)
    if len(members) != len(listed):
        raise ValueError("a member occurs twice")
    return members


CONTRACT = Contract(BUNDLE.read_bytes())
