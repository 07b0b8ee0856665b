"""Requests byte for byte: valid ones of each operation, changed field by field, and the expected violations."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from codegen.contract.document import Document
from codegen.server.sizes import limits
from tests.kit.clients.raw import Fields, Peer
from tests.kit.contract.bodies import FORM, is_json
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON, Exchange, Operation, Schema
from tests.kit.contract.malformed import malformed
from tests.kit.world.stage import Stage

EDGE = {"x-request-id", "x-response-time", "date", "ratelimit"}
Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class RawRequest:
    """A request, field by field; each time it is sent with a new Idempotency-Key."""

    operation: Operation
    method: str
    path: bytes
    query: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    body: Any

    @property
    def target(self) -> bytes:
        """Path and query."""
        return self.path + b"?" + self.query if self.query else self.path

    def with_header(self, name: bytes, value: bytes) -> "RawRequest":
        """With this field instead of the field of that name."""
        return replace(self, fields=(*self.without_header(name).fields, (name, value)))

    def with_further_header(self, name: bytes, value: bytes) -> "RawRequest":
        """With one more field."""
        return replace(self, fields=(*self.fields, (name, value)))

    def without_header(self, name: bytes) -> "RawRequest":
        return replace(self, fields=tuple(field for field in self.fields if field[0] != name))

    def with_query(self, text: bytes) -> "RawRequest":
        """With this text instead of the parameters of those names."""
        names = {pair.partition(b"=")[0] for pair in text.split(b"&")}
        kept = [pair for pair in self.query.split(b"&") if pair and pair.partition(b"=")[0] not in names]
        return replace(self, query=b"&".join([*kept, text]))

    def with_path(self, path: bytes) -> "RawRequest":
        return replace(self, path=path)

    @property
    def content(self) -> bytes | None:
        """Its body as bytes."""
        return None if self.body is None else CONTRACT.encoded(self.operation, self.body)

    @property
    def unreadable(self) -> dict[str, bytes]:
        """Bodies that are none of its media type, by what is wrong. A file has none."""
        return malformed(media_of(self.operation), self.body, CONTRACT.files(self.operation))


class StagedServer:
    """A server with a stage."""

    def __init__(self, server: Peer, stage: Stage) -> None:
        self.server = server
        self.stage = stage

    def valid_request(self, operation: Operation, **ids: int) -> RawRequest:
        """A request that succeeds."""
        plain = self.stage.request(operation.id, **ids)
        fields: Fields = [(name.lower().encode(), value.encode()) for name, value in plain.headers.items()]
        if plain.sender is not None:
            fields.append((b"authorization", f"Bearer {plain.sender.token}".encode()))
        if plain.content_type is not None:
            fields.append((b"content-type", plain.content_type.encode()))
        query = plain.query.removeprefix("?").encode()
        return RawRequest(operation, operation.method, plain.path.encode(), query, tuple(fields), plain.body)

    def send(self, request: RawRequest, raw: bytes | None = None) -> Exchange:
        """The response to the request, with these bytes for a body if any are given."""
        body = request.content if raw is None else raw
        if any(name == b"idempotency-key" for name, _ in request.fields):
            request = request.with_header(b"idempotency-key", self.stage.world.key().encode())
        return self.server.request(request.method, request.target, request.fields, body)


def media_of(operation: Operation) -> str:
    """The media type of its body; empty without one."""
    media, _ = CONTRACT.body(operation) or ("", {})
    return media


OPERATIONS = list(CONTRACT.operations.values())
WITH_BODY = [operation for operation in OPERATIONS if CONTRACT.body(operation)]
WITH_FORM = [operation for operation in WITH_BODY if media_of(operation) == FORM]
WITH_JSON = [operation for operation in WITH_BODY if is_json(media_of(operation))]
WITHOUT_BODY = [operation for operation in OPERATIONS if operation not in WITH_BODY]
# Each navigation leads to another address, so two of them have nothing to compare; test_navigations.py is about them.
NAVIGATIONS = [operation for operation in OPERATIONS if operation.navigates]
READS = [operation for operation in OPERATIONS if operation.method == "GET" and operation not in NAVIGATIONS]
WITH_STRICT_QUERY = [operation for operation in OPERATIONS if operation not in NAVIGATIONS]
WITH_LOGIN = [operation for operation in OPERATIONS if any(CONTRACT.security(operation))]
LOGIN_OPTIONAL = [operation for operation in WITH_LOGIN if {} in CONTRACT.security(operation)]
LOGIN_REQUIRED = [operation for operation in WITH_LOGIN if operation not in LOGIN_OPTIONAL]
# Those that return nothing else.
RETURNING_JSON = [
    operation
    for operation in OPERATIONS
    if any(list(response.get("content", ())) == ["application/json"] for response in CONTRACT.responses(operation).values())
]
CHOOSING = [operation for operation in OPERATIONS if "406" in operation.node["responses"]]


def parameters(operation: Operation, where: str, kind: str | None = None) -> list[tuple[str, Schema]]:
    """Name and schema; null as a second type does not count."""
    declared = [
        (parameter["name"], CONTRACT.resolve(parameter["schema"]))
        for parameter in CONTRACT.parameters(operation)
        if parameter["in"] == where
    ]
    return [(name, schema) for name, schema in declared if kind is None or schema.get("type") == kind]


def with_parameters(where: str, kind: str | None = None) -> list[Operation]:
    return [operation for operation in OPERATIONS if parameters(operation, where, kind)]


def required(operation: Operation, where: str) -> list[str]:
    return [parameter["name"] for parameter in CONTRACT.parameters(operation) if parameter["in"] == where and parameter.get("required")]


def members(request: RawRequest, kind: str) -> Iterator[tuple[Loc, Schema]]:
    """The members of the body's schema with that type, also in the objects that the body contains."""
    described = CONTRACT.body(request.operation)
    assert described is not None
    schema = CONTRACT.resolve(described[1]["schema"])
    forms = [CONTRACT.resolve(form) for form in schema.get("oneOf", [schema])]
    yield from _members(next(form for form in forms if request.body.keys() <= form["properties"].keys()), request.body, (), kind)


def _members(schema: Schema, body: dict[str, Any], above: Loc, kind: str) -> Iterator[tuple[Loc, Schema]]:
    for name, node in schema["properties"].items():
        member = CONTRACT.resolve(node)
        types = member.get("type", "object")
        if kind == types or kind in types:
            yield (*above, name), member
        if isinstance(body.get(name), dict):
            yield from _members(member, body[name], (*above, name), kind)


def planted(body: Any, loc: Loc, fragment: bytes) -> bytes:
    """The body as JSON, with these bytes as the value at that place."""
    copy = json.loads(json.dumps(body))
    node = copy
    for step in loc[:-1]:
        node = node[step]
    node[loc[-1]] = "@here@"
    return json.dumps(copy).encode().replace(b'"@here@"', fragment)


def violations(exchange: Exchange) -> list[tuple[str, Loc]]:
    return [(error["type"], tuple(error["loc"])) for error in exchange.json()["errors"]]


def problem_slug(exchange: Exchange) -> str:
    """The slug of the problem; any other response fails here."""
    assert exchange.header("content-type") == PROBLEM_JSON, exchange
    kind: str = exchange.json()["type"]
    return kind.removeprefix("/problems/")


def assert_violations(exchange: Exchange, *expected: tuple[str, Loc]) -> None:
    """One 422 that names exactly these places."""
    assert (exchange.status, problem_slug(exchange)) == (422, "validation-failed"), exchange
    assert violations(exchange) == list(expected), exchange.body
    for error in exchange.json()["errors"]:
        inside = error["loc"][1:] if error["loc"][0] == "body" and error["type"] != "json_invalid" else []
        assert error["pointer"] == ("".join(f"/{step}" for step in inside) or None), error


def assert_success(exchange: Exchange) -> None:
    assert exchange.is_success, exchange


def max_bytes(operation: Operation) -> int:
    """The limit of the body that follows from its schema."""
    body = CONTRACT.resolve(operation.node["requestBody"])
    return limits(Document(CONTRACT.tree), next(iter(body["content"])), body)[0]


def path_of(operation: Operation, segment: bytes) -> bytes:
    """The operation's path with that segment as its id."""
    before, brace, rest = operation.path.partition("{")
    if not brace:
        return before.encode()
    return before.encode() + segment + rest.partition("}")[2].encode()
