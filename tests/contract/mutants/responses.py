"""Mutants of responses: status, media type, members, headers, and the form of problems."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import steelyard.contract.api
import steelyard.contract.edge
import steelyard.contract.operation
from steelyard.contract.http.responses import RawResponse
from steelyard_contract import problems
from steelyard_contract.operations import Operation
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import Json, on_handler, on_json, on_response, swap, with_header
from tests.kit.contract.checker import CONTRACT, Schema


def success(operation: Operation) -> Schema:
    """The schema of its success response."""
    (response,) = operation.responses[:1]
    return CONTRACT.resolve(CONTRACT.responses(CONTRACT.operations[operation.id])[response.status]["content"]["application/json"]["schema"])


def has_json(operation: Operation) -> bool:
    return operation.responses[0].media == "application/json"


def has_object(operation: Operation) -> bool:
    """Whether its response is an object with members."""
    return has_json(operation) and any(True for _ in members(operation))


def members(operation: Operation) -> Iterator[tuple[str, Schema]]:
    schema = success(operation)
    # A union is recognised by its constant, so only members of all its forms are changed.
    form = CONTRACT.resolve(schema["oneOf"][0]) if "oneOf" in schema else schema
    for name, node in form.get("properties", {}).items():
        yield name, CONTRACT.resolve(node)


def member(operation: Operation, fits: Callable[[Schema], Any]) -> str | None:
    if not has_json(operation):
        return None
    return next((name for name, node in members(operation) if "const" not in node and fits(node)), None)


def having(fits: Callable[[Schema], Any]) -> Callable[[Operation], bool]:
    return lambda operation: member(operation, fits) is not None


def setting(operation: Operation, fits: Callable[[Schema], Any], value: Json) -> None:
    """Another value for the first member that fits."""
    name = member(operation, fits)
    on_json(operation, lambda body: body | {name: value})


def kind(name: str) -> Callable[[Schema], bool]:
    return lambda node: node.get("type") == name or name in node.get("type", ())


def inner(body: Json) -> Json | None:
    """The first object inside, also as the first of a list."""
    for value in body.values():
        candidate = value[0] if isinstance(value, list) and value else value
        if isinstance(candidate, dict) and candidate:
            return candidate
    return None


def nested(operation: Operation) -> bool:
    return has_json(operation) and any(
        "properties" in node or "properties" in CONTRACT.resolve(node.get("items", {})) for _, node in members(operation)
    )


# -- status and media type ---------------------------------------------------------------------------------------------
@mutant("status", "another success status", lambda operation: True)
def other_status(operation: Operation) -> None:
    on_response(operation, lambda response: response._replace(status=203))


@mutant("status", "204 without a body", has_json)
def silent_status(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response._replace(status=204, body=b""), b"content-type", None))


@mutant("status", "text instead of JSON", has_json)
def text_media(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"content-type", b"text/plain"))


@mutant("status", "an undeclared charset", has_json)
def charset_media(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"content-type", b"application/json; charset=utf-8"))


@mutant("status", "a body where none is declared", lambda operation: not has_json(operation))
def body_of_nothing(operation: Operation) -> None:
    on_response(operation, lambda response: response._replace(status=200, body=b"{}"))


# -- members -----------------------------------------------------------------------------------------------------------
@mutant("member", "a required member is left out", has_object)
def missing_member(operation: Operation) -> None:
    name = list(success(operation).get("required") or dict(members(operation)))[-1]
    on_json(operation, lambda body: {key: value for key, value in body.items() if key != name})


@mutant("member", "a number is sent as a string", having(kind("integer")))
def mistyped_member(operation: Operation) -> None:
    setting(operation, kind("integer"), "7")


@mutant("member", "a fraction where an integer is declared", having(kind("integer")))
def fractional_member(operation: Operation) -> None:
    setting(operation, kind("integer"), 7.5)


@mutant("member", "null in a member that is never null", having(lambda node: isinstance(node.get("type"), str)))
def null_member(operation: Operation) -> None:
    setting(operation, lambda node: isinstance(node.get("type"), str), None)


@mutant("member", "a value outside the enumeration", having(lambda node: "enum" in node))
def unknown_value(operation: Operation) -> None:
    setting(operation, lambda node: "enum" in node, "surprise")


@mutant("member", "a number below its bound", having(lambda node: "minimum" in node))
def number_below(operation: Operation) -> None:
    setting(operation, lambda node: "minimum" in node, -(2**60))


@mutant("member", "a number above its bound", having(lambda node: "maximum" in node))
def number_above(operation: Operation) -> None:
    setting(operation, lambda node: "maximum" in node, 2**60)


@mutant("member", "an invalid time", having(lambda node: node.get("format") == "date-time"))
def misformatted_time(operation: Operation) -> None:
    setting(operation, lambda node: node.get("format") == "date-time", "2026-02-30 09:00")


@mutant("member", "a text longer than its bound", having(lambda node: "maxLength" in node and "enum" not in node))
def text_too_long(operation: Operation) -> None:
    setting(operation, lambda node: "maxLength" in node and "enum" not in node, "x" * 70_000)


@mutant("member", "a member is missing in an inner object", nested)
def missing_inner_member(operation: Operation) -> None:
    def spoil(body: Json) -> Json:
        changed = copy.deepcopy(body)
        first = inner(changed)
        if first:
            first.pop(next(iter(first)))
        return changed

    on_json(operation, spoil)


@mutant("more", "an undeclared member", has_object)
def surplus_member(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"internal_note": "x"})


@mutant("more", "an undeclared member in an inner object", nested)
def surplus_inner_member(operation: Operation) -> None:
    def spoil(body: Json) -> Json:
        changed = copy.deepcopy(body)
        first = inner(changed)
        if first:
            first["internal_note"] = "x"
        return changed

    on_json(operation, spoil)


@mutant("more", "the hash of the password is shown", lambda operation: has_json(operation) and operation.tag == "users")
def leaked_secret(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"hashed_password": "$argon2id$v=19$m=8"})


@mutant("less", "a member that may be null is left out", having(lambda node: "null" in node.get("type", ()) or "oneOf" in node))
def omitted_null(operation: Operation) -> None:
    name = member(operation, lambda node: "null" in node.get("type", ()) or "oneOf" in node)
    on_json(operation, lambda body: {key: value for key, value in body.items() if key != name})


# -- headers -----------------------------------------------------------------------------------------------------------
def own_header(name: str) -> Callable[[Operation], bool]:
    return lambda operation: any(
        header == name and required and name not in response.edge
        for response in operation.responses
        for header, required in response.headers
    )


@mutant("header", "a declared ETag is not sent", own_header("ETag"))
def missing_etag(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"etag", None))


@mutant("header", "an ETag without its quotes", own_header("ETag"))
def malformed_etag(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"etag", b"7"))


@mutant("header", "a declared Location is not sent", own_header("Location"))
def missing_location(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"location", None))


@mutant("header", "a constant header with another value", lambda operation: any(response.constants for response in operation.responses))
def other_constant(operation: Operation) -> None:
    name = operation.responses[0].constants[0][0].lower().encode()
    on_response(operation, lambda response: with_header(response, name, b"max-age=5"))


@mutant("header", "an undeclared header", lambda operation: True)
def surplus_header(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"x-powered-by", b"Steelyard"))


@mutant("header", "a header is sent twice", own_header("ETag"))
def doubled_header(operation: Operation) -> None:
    on_response(operation, lambda response: response._replace(headers=[*response.headers, (b"etag", b'"1"')]))


def _edge(change: Callable[[list[tuple[bytes, bytes]]], None]) -> None:
    plain = steelyard.contract.edge.Edge.complete

    def complete(self: Any, trace: Any, headers: Any) -> None:
        plain(self, trace, headers)
        change(headers)

    swap(steelyard.contract.edge.Edge, "complete", complete)


@mutant("header", "X-Request-ID is not sent")
def missing_request_id(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [header for header in headers if header[0] != b"x-request-id"]

    _edge(change)


@mutant("header", "X-Response-Time without its unit")
def malformed_time(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"0.1" if name == b"x-response-time" else value) for name, value in headers]

    _edge(change)


@mutant("header", "a security header with a weaker constant")
def weaker_policy(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"origin" if name == b"referrer-policy" else value) for name, value in headers]

    _edge(change)


@mutant("untrue", "Location leads to another resource", own_header("Location"))
def untrue_location(operation: Operation) -> None:
    first, second = (f"{operation.path}/{number}".encode() for number in (1, 2))

    def change(response: RawResponse) -> RawResponse:
        return with_header(response, b"location", second if dict(response.headers)[b"location"].endswith(first) else first)

    on_response(operation, change)


# Where a resource never changes and is always sent, any tag names its only version.
@mutant(
    "untrue",
    "the ETag is that of another version",
    lambda operation: own_header("ETag")(operation) and (operation.revalidates or operation.method != "GET"),
)
def untrue_etag(operation: Operation) -> None:
    on_response(operation, lambda response: with_header(response, b"etag", b'"4711"'))


@mutant("untrue", "the ETag never changes", lambda operation: operation.revalidates)
def constant_etag(operation: Operation) -> None:
    sent: list[bytes] = []

    def change(response: RawResponse) -> RawResponse:
        sent.append(dict(response.headers)[b"etag"])
        return with_header(response, b"etag", sent[0])

    on_response(operation, change)


@mutant("untrue", "the digest is that of another contract")
def untrue_digest(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"sha-256=" + b"0" * 64 if name == b"contract-digest" else value) for name, value in headers]

    _edge(change)


@mutant("untrue", "the last page has a link to a next page", lambda operation: operation.pages is not None)
def untrue_link(operation: Operation) -> None:
    link = f'<{operation.path}?cursor=abc>; rel="next"'.encode()
    on_response(operation, lambda response: with_header(response, b"link", link))


# -- problems ----------------------------------------------------------------------------------------------------------
def _on_problems(change: Callable[[RawResponse], RawResponse]) -> None:
    """Changes every problem that an operation, the dispatch or the edge renders."""
    for module in (steelyard.contract.operation, steelyard.contract.api, steelyard.contract.edge):
        plain = module.render_problem
        swap(module, "render_problem", lambda *args, plain=plain: change(plain(*args)))


@mutant("problem", "plain JSON instead of problem+json")
def problem_media(_: Operation) -> None:
    _on_problems(lambda response: with_header(response, b"content-type", b"application/json"))


@mutant("problem", "the form of another framework")
def problem_shape(_: Operation) -> None:
    _on_problems(lambda response: response._replace(body=b'{"detail":"Not allowed"}'))


@mutant("problem", "400 for every invalid request")
def problem_status(_: Operation) -> None:
    _on_problems(lambda response: response._replace(status=400) if response.status == 422 else response)


@mutant("problem", "another title")
def problem_title(_: Operation) -> None:
    plain = problems.ValidationFailed.TITLE
    _on_problems(lambda response: response._replace(body=response.body.replace(f'"title":"{plain}"'.encode(), b'"title":"No such item"')))


@mutant("problem", "the problem contains the input")
def problem_echo(_: Operation) -> None:
    _on_problems(lambda response: response._replace(body=response.body[:-1] + b',"input":"x"}') if response.status == 422 else response)


@mutant("problem", "WWW-Authenticate is missing")
def problem_challenge(_: Operation) -> None:
    _on_problems(lambda response: with_header(response, b"www-authenticate", None))


@mutant("problem", "a problem that the operation does not declare", lambda operation: "IdempotencyKeyReused" not in operation.problems)
def undeclared_problem(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def fail(**_: Any) -> None:
            raise problems.IdempotencyKeyReused

        return fail

    on_handler(operation, around)
