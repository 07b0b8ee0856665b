"""Finds the cases that an exchange shows. The document decides here whether the request is valid, independently of the server."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from tests.contract.coverage.cases import (
    ANY,
    Case,
    alternatives,
    body_pointer,
    is_edge,
    is_list,
    is_one_text,
    of_response,
    response_pointer,
    schema_pointer,
)
from tests.contract.coverage.keywords import broken, in_text, short, shown, shown_by_condition, shown_by_response
from tests.contract.forms import meaning
from tests.kit.contract.bodies import FORM, MULTIPART, decoded, fields, is_file, is_stream, values
from tests.kit.contract.checker import Contract, Exchange, Operation, Schema, captured, media_of
from tests.kit.contract.recorder import RecordedExchange

# Rejected before parameters and body are read, or for another reason.
NOT_VALIDATED = frozenset({405, 406, 413, 415, 429, 500, 503})
BY_CREDENTIAL = frozenset(
    f"/problems/{slug}"
    for slug in (
        *("not-authenticated", "invalid-token", "insufficient-scope", "staff-required", "admin-required"),
        *("session-required", "fresh-login-required"),
    )
)
INVALID = "/problems/validation-failed"
_CONSEQUENCE = re.compile("/(then|else)/")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})([.][0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Fault:
    """A violation: what the document forbids in a request."""

    place: str
    """The parameter's name, or `body`."""
    where: str
    """The keyword's pointer; a word if no keyword of a schema is broken."""
    value: Any = None
    name: str | None = None
    path: tuple[str | int, ...] = ()
    """The invalid value in the body; a missing member, or an unknown one, counts as a separate value."""


@dataclass
class Request:
    """A request as the document reads it."""

    texts: dict[str, str] = field(default_factory=dict)
    """Parameters as sent."""
    values: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    is_empty: bool = False
    """There is no body, as opposed to null."""
    faults: list[Fault] = field(default_factory=list)


class Reader:
    """Reads exchanges of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def operation(self, seen: RecordedExchange) -> Operation | None:
        """The operation of the request; HEAD shows nothing that GET does not."""
        if seen.method == "HEAD":
            return None
        operation, _ = self._contract.find(seen.method, seen.exchange.path)
        return operation if operation is not None and str(seen.exchange.status) in operation.node["responses"] else None

    def of_response(self, operation: Operation, response: Exchange) -> Iterator[Case]:
        """Status, media type, headers, problem."""
        promised = self._contract.responses(operation)[response.status]
        yield Case("response", operation.id, of_response(response.status, promised, media_of(promised, response)))
        there = {name for name, _ in response.headers}
        for name, header in promised.get("headers", {}).items():
            if name.lower() in there:
                yield Case("header", operation.id, f"{response.status} {name}")
            elif not self._contract.resolve(header).get("required"):
                yield Case("header", operation.id, f"{name} left out")
        if response.status >= 400 and media_of(promised, response) is not None:
            yield Case("problem", operation.id, str(response.json()["type"]))

    def of_values(self, operation: Operation, response: Exchange, is_open: Callable[[str], bool]) -> Iterator[Case]:
        """What the body of a success shows, if its schema, at a pointer, is open."""
        promised = self._contract.responses(operation)[response.status]
        media = media_of(promised, response)
        if response.status < 300 and media and is_open(pointer := response_pointer(promised, media)):
            for value in values(media, decoded(media, response.body)):
                for side in shown_by_response(self._contract, pointer, value):
                    yield Case("value", ANY, " ".join(side))

    def of_security(self, operation: Operation, seen: RecordedExchange) -> Iterator[Case]:
        """The alternative that the caller met, if it is only one."""
        if seen.exchange.status >= 400:
            return
        shown_token = next((value for name, value in seen.fields if name == b"authorization"), None)
        held = None if shown_token is None else scopes_of(shown_token)
        keys = {scheme for way in alternatives(self._contract, operation).values() for scheme in way.keys if self._holds(seen, scheme)}
        met = [
            name
            for name, way in alternatives(self._contract, operation).items()
            if (way.scopes is None or (held is not None and way.scopes <= held))
            and way.keys <= keys
            and (way.scopes is not None or way.keys or (shown_token is None and not keys))
        ]
        if len(met) == 1:
            yield Case("security", operation.id, met[0])

    def _holds(self, seen: RecordedExchange, scheme: str) -> bool:
        """Whether the request has the API key of a security scheme."""
        place = self._contract.tree["components"]["securitySchemes"][scheme]
        if place["in"] == "query":
            return any(name == place["name"] for name, _ in in_query(seen))
        field_name = place["name"].lower() if place["in"] == "header" else "cookie"
        values = [value for name, value in in_fields(seen) if name == field_name]
        return any(place["in"] == "header" or f"{place['name']}=" in value for value in values)

    def of_request(self, operation: Operation, request: Request, response: Exchange) -> Iterator[Case]:
        """Parameters and body: what was accepted, or the single violation for which the request was rejected."""
        if is_taken(response) and not request.faults:
            yield from self._taken(operation, request)
        elif (is_invalid(response) or self._is_too_large(operation, response)) and len(
            {(fault.place, fault.path) for fault in request.faults}
        ) == 1:
            for fault in request.faults:
                yield from self._rejected(operation, fault)
                yield from self._met(operation, request, fault)

    def _is_too_large(self, operation: Operation, response: Exchange) -> bool:
        """The size of a file is checked before the file is there."""
        described = self._contract.body(operation)
        return response.status == 413 and described is not None and is_file(described[0])

    def contradiction(self, operation: Operation, request: Request, response: Exchange) -> str | None:
        """Where the server accepts a request that the document forbids."""
        if is_taken(response) and request.faults:
            fault = request.faults[0]
            return f"{operation.id} accepts what the document forbids: {fault.place} {fault.where} ({str(fault.value)[:80]!r})"
        return None

    def _taken(self, operation: Operation, request: Request) -> Iterator[Case]:
        for parameter in self._contract.parameters(operation):
            name = parameter["name"]
            if name not in request.values:
                yield Case("parameter", operation.id, f"{name} left out")
                continue
            value, schema = request.values[name], self._contract.resolve(parameter["schema"])
            yield Case("parameter", operation.id, f"{name} sent")
            if schema.get("type") == "array" and len(value) > 1 and not is_one_text(parameter):
                yield Case("parameter", operation.id, f"{name} repeated")
            if value == parameter.get("example", self):
                yield Case("example", operation.id, f"of {name}")
            for where, side in shown(self._contract, schema_pointer(self._contract, operation.id, name), value, in_text):
                yield Case("parameter", operation.id, f"{name} {where} {side}")
        pointer = body_pointer(self._contract, operation)
        if pointer is not None and request.is_empty:
            yield Case("body", operation.id, "left out")
        elif pointer is not None:
            for value in values(media_sent(self._contract, operation), request.body):
                for where, side in shown(self._contract, pointer, value):
                    yield Case("body", operation.id, f"{where} {side}")

    def _rejected(self, operation: Operation, fault: Fault) -> Iterator[Case]:
        if fault.where in {"left out", "repeated"}:
            what = fault.where if fault.place == "body" else f"{fault.place} {fault.where}"
            yield Case("body" if fault.place == "body" else "parameter", operation.id, what)
        elif fault.where.startswith("/") and (side := broken(self._contract, fault.where, fault.value, fault.name)) is not None:
            if fault.place == "body":
                yield Case("body", operation.id, f"{short(fault.where)} {side}")
            else:
                root = schema_pointer(self._contract, operation.id, fault.place)
                yield Case("parameter", operation.id, f"{fault.place} {short(fault.where, root)} {side}")

    def _met(self, operation: Operation, request: Request, fault: Fault) -> Iterator[Case]:
        """A request that is rejected for the consequence of a condition has met the condition."""
        consequence = _CONSEQUENCE.search(fault.where)
        if consequence is not None and fault.place == "body":
            value = request.body
            for step in fault.path[: len(fault.path) - fault.where[consequence.start() :].count("/properties/") - (fault.name is not None)]:
                value = value[step]
            for where, side in shown_by_condition(self._contract, f"{fault.where[: consequence.start()]}/if", value):
                yield Case("body", operation.id, f"{short(where)} {side}")

    # -- reading a request by the document -------------------------------------------------------------------------------
    def request(self, operation: Operation, seen: RecordedExchange) -> Request:
        """Parameters and body, and every violation in them."""
        request = Request()
        sent = {"path": self._in_path(operation, seen), "query": in_query(seen), "header": in_fields(seen), "cookie": in_cookies(seen)}
        declared = self._contract.parameters(operation)
        for parameter in declared:
            self._parameter(operation, parameter, sent[parameter["in"]], request)
        known = {parameter["name"] for parameter in declared if parameter["in"] == "query"}
        # Probes add any query parameter to operations without parameters, and identity providers to navigations.
        takes_input = self._contract.body(operation) or not all(is_edge(parameter) for parameter in declared)
        if takes_input and not operation.navigates:
            schemes = self._contract.tree["components"]["securitySchemes"]
            used = {scheme for way in self._contract.security(operation) for scheme in way}
            known |= {schemes[scheme]["name"] for scheme in used if schemes[scheme].get("in") == "query"}
            request.faults += [Fault(name, "unknown") for name, _ in sent["query"] if name not in known]
        # Operations without input ignore a body, and a stream reads it while it waits for its client to leave.
        if takes_input:
            self._body(operation, seen, request)
        return request

    def _parameter(self, operation: Operation, parameter: Schema, sent: list[tuple[str, str]], request: Request) -> None:
        name, schema = parameter["name"], self._contract.resolve(parameter["schema"])
        is_header = parameter["in"] == "header"
        texts = [text for key, text in sent if key == (name.lower() if is_header else name)]
        if not texts:
            request.faults += [Fault(name, "left out")] if parameter.get("required") else []
            return
        if is_list(parameter):
            texts = [", ".join(texts)]
        request.texts[name] = texts[0]
        if len(texts) > 1 and (schema.get("type") != "array" or is_one_text(parameter)) and not is_edge(parameter):
            request.faults.append(Fault(name, "repeated"))
            return
        if is_one_text(parameter):
            texts = [text.strip(" \t") if is_header else text for text in texts[0].split(",")] if texts[0] else []
        value = [typed(text, self._contract.resolve(schema["items"])) for text in texts] if "items" in schema else typed(texts[0], schema)
        request.values[name] = value
        request.faults += self._faults(name, schema_pointer(self._contract, operation.id, name), value)

    def _in_path(self, operation: Operation, seen: RecordedExchange) -> list[tuple[str, str]]:
        below = seen.exchange.path.removeprefix(self._contract.base_path).removesuffix("/")
        segments = [unquote_to_bytes(part).decode("utf-8", "replace") for part in below.split("/")[1:]]
        return list((captured(operation.path, segments) or {}).items())

    def _body(self, operation: Operation, seen: RecordedExchange, request: Request) -> None:
        described, pointer = self._contract.body(operation), body_pointer(self._contract, operation)
        if described is None or pointer is None:
            request.faults += [Fault("body", "unexpected")] if seen.body else []
            return
        if not seen.body:
            is_required = self._contract.resolve(operation.node["requestBody"]).get("required")
            request.is_empty = True
            request.faults += [Fault("body", "left out")] if is_required else []
            return
        try:
            request.body = carried(self._contract, operation, seen.body)
        except ValueError:
            request.faults.append(Fault("body", "unreadable"))
            return
        if not is_stream(described[0]):
            request.faults += self._faults("body", pointer, request.body)
            return
        for at, item in enumerate(request.body):
            faults = self._faults("body", pointer, item)
            request.faults += [replace(fault, path=(at, *fault.path)) for fault in faults]

    def _faults(self, place: str, pointer: str, value: Any) -> list[Fault]:
        faults = []
        for error in unfolded(self._contract.validator(pointer).iter_errors(value)):
            name = getattr(error.kind, "property", None)
            path = (*error.instance_path, *((name,) if name else ()), *(("+",) if hasattr(error.kind, "unexpected") else ()))
            where = "".join(f"/{escape(step)}" for step in error.schema_path)
            faults.append(Fault(place, where, error.instance, name, path))
        return faults


def escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def unfolded(errors: Iterable[Any]) -> list[Any]:
    """The errors; for a union, those of the branches that are nearest to the value."""
    errors_found = list[Any]()
    for error in errors:
        branches: list[list[Any]] = [unfolded(branch) for branch in getattr(error.kind, "context", None) or ()]
        if not any(branches):
            errors_found.append(error)
            continue
        # Null is far from any other value: it is not what the value was meant to be.
        nulls = [branch[0] for branch in branches if is_only_null(branch)]
        branches = [branch for branch in branches if not is_only_null(branch)] or branches
        least = min(len(branch) for branch in branches)
        nearest = [error for branch in branches if len(branch) == least for error in branch]
        is_one_place = len({tuple(error.instance_path) for error in nearest}) == 1 and not any(
            hasattr(error.kind, "property") for error in nearest
        )
        errors_found += nearest if is_one_place else nearest[:least]
        if nulls and all(is_whole(error) and error.instance_path == nulls[0].instance_path for error in nearest):
            errors_found += nulls
    return errors_found


def is_whole(error: Any) -> bool:
    """Whether the value itself is wrong, rather than a member that it lacks or has too much."""
    return not hasattr(error.kind, "property") and not hasattr(error.kind, "unexpected")


def is_only_null(branch: list[Any]) -> bool:
    """Whether the branch of a union, whose errors these are, allows nothing but null."""
    return len(branch) == 1 and getattr(branch[0].kind, "types", None) == ["null"]


def typed(text: str, schema: Schema) -> Any:
    """The value of a parameter's text; the text itself if it has another type."""
    if schema.get("type") == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if schema.get("type") == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if schema.get("type") == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


def in_query(seen: RecordedExchange) -> list[tuple[str, str]]:
    return parse_qsl(seen.target.partition(b"?")[2].decode("latin-1"), keep_blank_values=True, errors="replace")


def in_fields(seen: RecordedExchange) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in seen.fields]


def in_cookies(seen: RecordedExchange) -> list[tuple[str, str]]:
    lines = [text for name, text in in_fields(seen) if name == "cookie"]
    pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
    return [(name, value) for name, _, value in pairs]


def form(body: bytes, names: Collection[str]) -> dict[str, str]:
    """The parameters of a form; ValueError if a known one occurs twice or is not UTF-8."""
    text = body.decode("utf-8", "surrogateescape")
    members = meaning(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"), names)
    for value in members.values():
        value.encode()
    return members


def media_sent(contract: Contract, operation: Operation) -> str | None:
    """The media type of the body."""
    described = contract.body(operation)
    return None if described is None else described[0]


def carried(contract: Contract, operation: Operation, body: bytes) -> Any:
    """The value of a body, as its media type reads it; ValueError if it has none."""
    media, content = contract.body(operation) or ("", {})
    members = contract.resolve(content.get("schema", {})).get("properties", {})
    if media == FORM:
        return form(body, members)
    if media == MULTIPART:
        texts = fields(body, contract.files(operation))
        return {name: typed(text, contract.resolve(members[name])) if name in members else text for name, text in texts.items()}
    # Only a response is cut where its last line has no end: a request has a length.
    is_open = is_stream(media) and body[-1:] not in (b"", b"\n")
    return decoded(media, body + b"\n" if is_open else body, object_pairs_hook=once)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def scopes_of(authorization: bytes) -> frozenset[str] | None:
    """The scopes in a token."""
    try:
        payload = authorization.split(b" ", 1)[1].split(b".")[1]
        return frozenset(json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))["scope"].split())
    except (IndexError, ValueError, KeyError):
        return None


def is_invalid(response: Exchange) -> bool:
    """Whether the request was rejected as invalid."""
    return response.status == 422 and response.json()["type"] == INVALID


def is_taken(response: Exchange) -> bool:
    """Whether the request reached its handler, whatever the handler returned."""
    if response.status < 400:
        return True
    return response.status not in NOT_VALIDATED and response.json()["type"] not in {INVALID, *BY_CREDENTIAL}
