"""Drifts of answers: status, media type, members, headers, and the form of refusals."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import steelyard.contract.api
import steelyard.contract.edge
import steelyard.contract.operation
from steelyard.contract.http.responses import RawResponse
from steelyard_contract import problems
from steelyard_contract.operations import Operation
from tests.contract.mutants.drifts import drift
from tests.contract.mutants.seams import Json, on_answer, on_handler, on_json, swap, with_header
from tests.kit.contract.checker import CONTRACT, Schema


def success(operation: Operation) -> Schema:
    """The schema of what it answers with."""
    (answer,) = operation.responses[:1]
    return CONTRACT.resolve(CONTRACT.promised(CONTRACT.operations[operation.id])[answer.status]["content"]["application/json"]["schema"])


def has_json(operation: Operation) -> bool:
    return operation.responses[0].media == "application/json"


def members(operation: Operation) -> Iterator[tuple[str, Schema]]:
    schema = success(operation)
    # A union is told apart by its constant: what all forms have is what may be spoilt.
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
        found = value[0] if isinstance(value, list) and value else value
        if isinstance(found, dict) and found:
            return found
    return None


def nested(operation: Operation) -> bool:
    return has_json(operation) and any(
        "properties" in node or "properties" in CONTRACT.resolve(node.get("items", {})) for _, node in members(operation)
    )


# -- status and media type ---------------------------------------------------------------------------------------------
@drift("status", "another success status", lambda operation: True)
def other_status(operation: Operation) -> None:
    on_answer(operation, lambda answer: answer._replace(status=203))


@drift("status", "no body and 204 instead", has_json)
def silent_status(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer._replace(status=204, body=b""), b"content-type", None))


@drift("status", "text instead of JSON", has_json)
def text_media(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"content-type", b"text/plain"))


@drift("status", "a charset that nobody promised", has_json)
def charset_media(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"content-type", b"application/json; charset=utf-8"))


@drift("status", "a body where none is promised", lambda operation: not has_json(operation))
def body_of_nothing(operation: Operation) -> None:
    on_answer(operation, lambda answer: answer._replace(status=200, body=b"{}"))


# -- members -----------------------------------------------------------------------------------------------------------
@drift("member", "a required member is left out", has_json)
def missing_member(operation: Operation) -> None:
    name = list(success(operation).get("required") or dict(members(operation)))[-1]
    on_json(operation, lambda body: {key: value for key, value in body.items() if key != name})


@drift("member", "a number is sent as a string", having(kind("integer")))
def mistyped_member(operation: Operation) -> None:
    setting(operation, kind("integer"), "7")


@drift("member", "a fraction where an integer is promised", having(kind("integer")))
def fractional_member(operation: Operation) -> None:
    setting(operation, kind("integer"), 7.5)


@drift("member", "null for what is never null", having(lambda node: isinstance(node.get("type"), str)))
def null_member(operation: Operation) -> None:
    setting(operation, lambda node: isinstance(node.get("type"), str), None)


@drift("member", "a value outside the enumeration", having(lambda node: "enum" in node))
def unknown_value(operation: Operation) -> None:
    setting(operation, lambda node: "enum" in node, "surprise")


@drift("member", "a number below its bound", having(lambda node: "minimum" in node))
def number_below(operation: Operation) -> None:
    setting(operation, lambda node: "minimum" in node, -(2**60))


@drift("member", "a number above its bound", having(lambda node: "maximum" in node))
def number_above(operation: Operation) -> None:
    setting(operation, lambda node: "maximum" in node, 2**60)


@drift("member", "a time that is none", having(lambda node: node.get("format") == "date-time"))
def misformatted_time(operation: Operation) -> None:
    setting(operation, lambda node: node.get("format") == "date-time", "2026-02-30 09:00")


@drift("member", "a text longer than its bound", having(lambda node: "maxLength" in node and "enum" not in node))
def text_too_long(operation: Operation) -> None:
    setting(operation, lambda node: "maxLength" in node and "enum" not in node, "x" * 70_000)


@drift("member", "a member is missing in an inner object", nested)
def missing_inner_member(operation: Operation) -> None:
    def spoil(body: Json) -> Json:
        changed = copy.deepcopy(body)
        found = inner(changed)
        if found:
            found.pop(next(iter(found)))
        return changed

    on_json(operation, spoil)


@drift("more", "a member that the contract does not know", has_json)
def surplus_member(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"internal_note": "x"})


@drift("more", "a surplus member in an inner object", nested)
def surplus_inner_member(operation: Operation) -> None:
    def spoil(body: Json) -> Json:
        changed = copy.deepcopy(body)
        found = inner(changed)
        if found:
            found["internal_note"] = "x"
        return changed

    on_json(operation, spoil)


@drift("more", "the hash of the password is shown", lambda operation: has_json(operation) and operation.tag == "users")
def leaked_secret(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"hashed_password": "$argon2id$v=19$m=8"})


@drift("less", "a member that may be null is left out", having(lambda node: "null" in node.get("type", ()) or "oneOf" in node))
def omitted_null(operation: Operation) -> None:
    name = member(operation, lambda node: "null" in node.get("type", ()) or "oneOf" in node)
    on_json(operation, lambda body: {key: value for key, value in body.items() if key != name})


# -- headers -----------------------------------------------------------------------------------------------------------
def own_header(name: str) -> Callable[[Operation], bool]:
    return lambda operation: any(
        header == name and required and name not in answer.edge for answer in operation.responses for header, required in answer.headers
    )


@drift("header", "an ETag is promised and not sent", own_header("ETag"))
def missing_etag(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"etag", None))


@drift("header", "an ETag without its quotes", own_header("ETag"))
def malformed_etag(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"etag", b"7"))


@drift("header", "a Location is promised and not sent", own_header("Location"))
def missing_location(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"location", None))


@drift("header", "a constant header with another value", lambda operation: any(answer.constants for answer in operation.responses))
def other_constant(operation: Operation) -> None:
    name = operation.responses[0].constants[0][0].lower().encode()
    on_answer(operation, lambda answer: with_header(answer, name, b"max-age=5"))


@drift("header", "a header that nobody promised", lambda operation: True)
def surplus_header(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"x-powered-by", b"Steelyard"))


@drift("header", "a header is sent twice", own_header("ETag"))
def doubled_header(operation: Operation) -> None:
    on_answer(operation, lambda answer: answer._replace(headers=[*answer.headers, (b"etag", b'"1"')]))


def _edge(change: Callable[[list[tuple[bytes, bytes]]], None]) -> None:
    plain = steelyard.contract.edge.Edge.complete

    def complete(self: Any, trace: Any, headers: Any) -> None:
        plain(self, trace, headers)
        change(headers)

    swap(steelyard.contract.edge.Edge, "complete", complete)


@drift("header", "X-Request-ID is not sent")
def missing_request_id(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [header for header in headers if header[0] != b"x-request-id"]

    _edge(change)


@drift("header", "X-Response-Time without its unit")
def malformed_time(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"0.1" if name == b"x-response-time" else value) for name, value in headers]

    _edge(change)


@drift("header", "a security header with a weaker constant")
def weaker_policy(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"origin" if name == b"referrer-policy" else value) for name, value in headers]

    _edge(change)


@drift("untrue", "Location leads to another resource", own_header("Location"))
def untrue_location(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"location", f"{operation.path}/1".encode()))


@drift("untrue", "the ETag is that of another version", own_header("ETag"))
def untrue_etag(operation: Operation) -> None:
    on_answer(operation, lambda answer: with_header(answer, b"etag", b'"4711"'))


@drift("untrue", "the ETag never changes", lambda operation: operation.revalidates)
def constant_etag(operation: Operation) -> None:
    sent: list[bytes] = []

    def change(answer: RawResponse) -> RawResponse:
        sent.append(dict(answer.headers)[b"etag"])
        return with_header(answer, b"etag", sent[0])

    on_answer(operation, change)


@drift("untrue", "the digest is that of another contract")
def untrue_digest(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"sha-256=" + b"0" * 64 if name == b"contract-digest" else value) for name, value in headers]

    _edge(change)


@drift("untrue", "the next page is linked where there is none", lambda operation: operation.pages is not None)
def untrue_link(operation: Operation) -> None:
    link = f'<{operation.path}?cursor=abc>; rel="next"'.encode()
    on_answer(operation, lambda answer: with_header(answer, b"link", link))


# -- refusals ----------------------------------------------------------------------------------------------------------
def _refusals(change: Callable[[RawResponse], RawResponse]) -> None:
    """Every refusal that an operation, the dispatch or the edge renders."""
    for module in (steelyard.contract.operation, steelyard.contract.api, steelyard.contract.edge):
        plain = module.render_problem
        swap(module, "render_problem", lambda problem, request_id, plain=plain: change(plain(problem, request_id)))


@drift("refusal", "plain JSON instead of problem+json")
def refusal_media(_: Operation) -> None:
    _refusals(lambda answer: with_header(answer, b"content-type", b"application/json"))


@drift("refusal", "the form of another framework")
def refusal_shape(_: Operation) -> None:
    _refusals(lambda answer: answer._replace(body=b'{"detail":"Not allowed"}'))


@drift("refusal", "400 for every refusal of the input")
def refusal_status(_: Operation) -> None:
    _refusals(lambda answer: answer._replace(status=400) if answer.status == 422 else answer)


@drift("refusal", "a title in other words")
def refusal_title(_: Operation) -> None:
    plain = problems.ItemNotFound.TITLE
    _refusals(lambda answer: answer._replace(body=answer.body.replace(f'"title":"{plain}"'.encode(), b'"title":"No such item"')))


@drift("refusal", "the input is echoed")
def refusal_echo(_: Operation) -> None:
    _refusals(lambda answer: answer._replace(body=answer.body[:-1] + b',"input":"x"}') if answer.status == 422 else answer)


@drift("refusal", "WWW-Authenticate is missing")
def refusal_challenge(_: Operation) -> None:
    _refusals(lambda answer: with_header(answer, b"www-authenticate", None))


@drift("refusal", "a problem that the operation does not declare", lambda operation: "IdempotencyKeyReused" not in operation.problems)
def undeclared_problem(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def refuse(**_: Any) -> None:
            raise problems.IdempotencyKeyReused

        return refuse

    on_handler(operation, around)
