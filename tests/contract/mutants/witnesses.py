"""Detects changes of the document: by instances of its schemas, and by exchanges recorded from the unchanged server."""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
from pydantic import BaseModel, TypeAdapter, ValidationError

from codegen.contract.document import Document, pointer, steps
from codegen.contract.enforcement import by_document
from codegen.contract.schemas import Schema
from codegen.lint import defaults, shapes
from codegen.lint import operations as rules
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract.operations import OPERATIONS
from tests.contract import test_permissions as permissions
from tests.contract.headers import FORMS, RIGHT
from tests.contract.mutants.edits import Edit, applied, responses
from tests.contract.mutants.recording import Recorded
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.contract.instances import Instances

DOCUMENT = Document(json.loads((resources.files("steelyard_contract") / "openapi.json").read_bytes()))
URN = "urn:steelyard:unchanged"
REGISTRY = jsonschema_rs.Registry([(URN, dict(DOCUMENT.root))])
# Header -> problems that only its value can cause.
EFFECTS: dict[str, set[str]] = {
    "If-Match": {"/problems/precondition-failed"},
    "Idempotency-Key": {"/problems/idempotency-key-reused", "/problems/idempotency-in-progress"},
}
# Responses that belong to no operation.
UNROUTED = {404: "/components/responses/NotFound", 405: "/components/responses/MethodNotAllowed"}
SPELLED = {"integer": int, "boolean": bool, "string": str, "array": list}


@dataclass(frozen=True, slots=True)
class Host:
    """A whole schema, with instances on both sides of each of its rules, and whether the server accepts them."""

    where: str
    instances: list[Any]
    accepted: list[bool]


# -- schemas -----------------------------------------------------------------------------------------------------------
def host_of(edit: Edit) -> str:
    """The component, parameter or header that contains the edit."""
    parts = steps(edit.pointer)
    if parts[0] == "components" and parts[1] == "schemas":
        return pointer(*parts[:3])
    at = next(index for index, step in enumerate(parts) if step == "schema")
    return pointer(*parts[: at + 1])


@cache
def host(where: str) -> Host:
    node = DOCUMENT.get(where)
    adapter = _adapter(where)
    if adapter is None:
        return Host(where, [], [])
    values = list(Instances(DOCUMENT, where).take(0))
    validator = DOCUMENT.validator(where)
    if not where.startswith("/components/schemas/"):
        values = [value for value in values if type(value) is SPELLED[DOCUMENT.dereference(node)["type"]]]
    documents_too = by_document(DOCUMENT, Schema(node, where, "request"))
    kept, accepted = [], []
    for value in values:
        valid = validator.is_valid(value)
        model = _accepts(adapter, value, as_text=where.startswith("/components/schemas/"))
        # Where the model cannot express a rule, the document decides as well; where a model is stricter, the instance is left out.
        decision = model and valid if documents_too else model
        if decision == valid:
            kept.append(value)
            accepted.append(decision)
    return Host(where, kept, accepted)


def _adapter(where: str) -> TypeAdapter[Any] | None:
    name = steps(where)[-1]
    if where.startswith("/components/schemas/"):
        return TypeAdapter(getattr(m, name)) if hasattr(m, name) else None
    alias = next(
        (parameter.alias for operation in OPERATIONS.values() for parameter in operation.parameters if parameter.schema == where), None
    )
    return None if alias is None else TypeAdapter(getattr(p, alias))


def _accepts(adapter: TypeAdapter[Any], value: Any, *, as_text: bool) -> bool:
    try:
        if as_text:
            adapter.validate_json(json.dumps(value))
        else:
            adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _elsewhere(node: Any) -> Any:
    """The schema, with its references into the unchanged document."""
    if isinstance(node, dict):
        return {
            key: f"{URN}{child}" if key == "$ref" and isinstance(child, str) else _elsewhere(child)
            for key, child in node.items()
            if key not in {"discriminator", "examples"}
        }
    return [_elsewhere(child) for child in node] if isinstance(node, list) else node


def by_instances(edit: Edit) -> str | None:
    """An instance on which the changed document and the server disagree."""
    where = host_of(edit)
    known = host(where)
    if not known.instances:
        return None
    validator = changed_validator(edit, where)
    for value, accepted in zip(known.instances, known.accepted, strict=True):
        if validator.is_valid(value) != accepted:
            verb = "accepts" if accepted else "rejects"
            return f"E: the server {verb} {json.dumps(value, ensure_ascii=False)[:80]}"
    return None


def changed_validator(edit: Edit, where: str) -> jsonschema_rs.Draft202012Validator:
    """Decides as the changed document does; all other schemas are reused."""
    changed = applied(DOCUMENT.get(where), edit, edit.pointer.removeprefix(where))
    return jsonschema_rs.Draft202012Validator(_elsewhere(changed), registry=REGISTRY, validate_formats=True)


def by_default(edit: Edit) -> str | None:
    """The server has another default."""
    if not edit.what.startswith("default"):
        return None
    changed = applied(DOCUMENT.get(edit.pointer), edit)["default"]
    for operation in OPERATIONS.values():
        for parameter in operation.parameters:
            if parameter.schema == edit.pointer and parameter.default is not None:
                value = getattr(parameter.default, "value", parameter.default)
                return f"O: left out, {parameter.name} means {value}" if value != changed else None
    parts = steps(edit.pointer)
    if parts[:2] == ["components", "schemas"] and len(parts) == 5:
        model = getattr(m, parts[2])
        if isinstance(model, type) and issubclass(model, BaseModel):
            default = model.model_fields[parts[4]].get_default(call_default_factory=True)
            value = getattr(default, "value", default)
            return f"E: left out, {parts[4]} means {value}" if value != changed else None
    return None


# -- rules of the document ---------------------------------------------------------------------------------------------
PORTABLE = (
    shapes.p1_closed,
    shapes.p2_strings,
    shapes.p3_bounds,
    shapes.p6_complete,
    shapes.p8_unions,
    defaults.p13_defaults,
    rules.p15_headers,
    rules.p20_navigation,
    rules.guards,
)


def by_lint(edits: Iterable[Edit]) -> dict[str, str]:
    """For each edit that breaks a rule of the document by itself: the rule. Many edits at once, never two in one place."""
    broken: dict[str, str] = {}
    waiting = list(edits)
    while waiting:
        root, here, later = copy.deepcopy(DOCUMENT.root), dict[str, Edit](), list[Edit]()
        for edit in waiting:
            if any(edit.pointer.startswith(other) or other.startswith(edit.pointer) for other in here):
                later.append(edit)
                continue
            here[edit.pointer] = edit
            edit.apply(Document(root).get(edit.pointer))
        document = Document(root)
        for rule in PORTABLE:
            for breach in rule(document):
                culprit = (
                    here.get(breach.pointer)
                    or here.get(breach.pointer.rpartition("/properties/")[0])
                    or here.get(breach.pointer.rpartition("/")[0])
                )
                if culprit is not None:
                    broken.setdefault(culprit.name, f"L: {breach.rule}: {breach.message}"[:160])
        waiting = later
    return broken


# -- callers -----------------------------------------------------------------------------------------------------------
def by_callers(edit: Edit) -> str | None:
    """A caller who should get another response; the matrix has shown that the server follows the unchanged document."""
    plain = next((operation for operation in CONTRACT.operations.values() if operation.pointer == edit.pointer), None)
    if plain is None or not edit.what.startswith(("security", "anonymous", "scope", "x-access")):
        return None
    changed = replace(plain, node=applied(plain.node, edit))
    for caller in {str(caller): caller for operation in (changed, plain) for caller in permissions.callers(operation)}.values():
        for target in permissions.targets(plain):
            old, new = permissions.expected(plain, caller, target), _expected(changed, caller, target)
            if old != new:
                return f"P: {caller}, {target}: {old}, not {new}"
    return None


def _expected(operation: Operation, caller: permissions.Caller, target: str) -> tuple[int, str] | str:
    try:
        return permissions.expected(operation, caller, target)
    except (KeyError, ValueError, StopIteration):
        return "no expectation"


def by_limits(edit: Edit) -> str | None:
    """The responses announce another rate class; test_limits reads it from each of them."""
    if not edit.what.startswith("x-rate-class"):
        return None
    (operation,) = [operation for operation in CONTRACT.operations.values() if operation.pointer == edit.pointer]
    announced = OPERATIONS[operation.id].rate_class
    changed = applied(operation.node, edit)["x-rate-class"]
    return f"D: {announced!r} is announced, not {changed!r}" if announced != changed else None


# -- exchanges ---------------------------------------------------------------------------------------------------------
@cache
def _names(where: str) -> frozenset[str]:
    """The names of the headers that are described there."""
    shared = (pointer("components", "responses", name) for name in DOCUMENT.components("responses"))
    sent = ((response, name) for response in (*responses(DOCUMENT), *shared) for name in DOCUMENT.get(response).get("headers", {}))
    return frozenset(name for response, name in sent if _followed(response + pointer("headers", name)) == where)


def by_forms(edit: Edit) -> str | None:
    """A malformed header that would pass, or a valid one that would not; test_headers shows both to checker and validator."""
    if "header" not in edit.uses:
        return None
    schema = host_of(edit)
    validator, where = changed_validator(edit, schema), schema.removesuffix("/schema")
    integer = DOCUMENT.dereference(DOCUMENT.get(schema)).get("type") == "integer"
    for name in _names(where):
        for text in (*FORMS[name].malformed, *RIGHT.get(where, ())):
            value = int(text) if integer and re.fullmatch("-?[0-9]+", text) else text
            if validator.is_valid(value) == (text in FORMS[name].malformed):
                return f"R: {name} would {'not ' if text in RIGHT.get(where, ()) else ''}be {text!r}"
    return None


class Exchanges:
    """The recorded exchanges, by the places in the document that describe them."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._at: dict[str, list[Recorded]] = defaultdict(list)
        self._values: dict[str, dict[Any, Recorded]] = defaultdict(dict)
        for exchange in recorded:
            if not exchange.operation:
                if exchange.problem is not None:
                    self._response(UNROUTED[exchange.status], exchange)
                continue
            operation = CONTRACT.operations[exchange.operation]
            self._at[f"{operation.pointer}/responses"].append(exchange)
            self._at[operation.pointer].append(exchange)
            if str(exchange.status) in operation.node["responses"]:
                self._response(_followed(f"{operation.pointer}/responses/{exchange.status}"), exchange)

    def _response(self, where: str, exchange: Recorded) -> None:
        self._at[where].append(exchange)
        for name in DOCUMENT.get(where).get("headers", {}):
            self._header(_followed(where + pointer("headers", name)), name, exchange)

    def _header(self, where: str, name: str, exchange: Recorded) -> None:
        if (text := exchange.header(name)) is not None:
            value = int(text) if DOCUMENT.dereference(DOCUMENT.get(where)["schema"]).get("type") == "integer" else text
            self._values[f"{where}/schema"].setdefault(value, exchange)

    def contradict(self, edit: Edit) -> str | None:
        """An exchange that the changed document does not allow, or does not explain."""
        kind, _, name = edit.what.partition(": ")
        if "header" in edit.uses:
            return self._sent(edit)
        if kind == "oneOf smaller":
            return self._problem(edit)
        if kind == "status dropped":
            return self._first(edit.pointer, lambda exchange: str(exchange.status) == name, f"{name} was returned")
        if kind == "header dropped":
            return self._first(
                edit.pointer.removesuffix("/headers"), lambda exchange: exchange.header(name) is not None, f"{name} was sent"
            )
        if kind == "media type exchanged":
            return self._first(edit.pointer, lambda exchange: exchange.header("content-type") is not None, "another media type was sent")
        return self._parameter(edit, kind, name) if kind.startswith("parameter") else None

    def _sent(self, edit: Edit) -> str | None:
        where = host_of(edit)
        validator = changed_validator(edit, where)
        value_sent = next((value for value in self._values[where] if not validator.is_valid(value)), None)
        return None if value_sent is None else f"R: the server sent {value_sent!r}: {self._values[where][value_sent]}"[:160]

    def _problem(self, edit: Edit) -> str | None:
        where = host_of(edit)
        at = where.partition("/content/")[0]
        changed = applied(DOCUMENT.get(where), edit, edit.pointer.removeprefix(where))
        left = {DOCUMENT.dereference(branch).get("properties", {}).get("type", {}).get("const") for branch in changed.get("oneOf", ())}
        return self._first(at, lambda exchange: exchange.problem is not None and exchange.problem not in left, "the problem was returned")

    def _first(self, at: str, shows: Callable[[Recorded], bool], what: str) -> str | None:
        exchange = next((exchange for exchange in self._at.get(at, ()) if shows(exchange)), None)
        return None if exchange is None else f"R: {what}: {exchange}"

    def _parameter(self, edit: Edit, kind: str, name: str) -> str | None:
        at = edit.pointer.rpartition("/parameters/")[0]
        where = DOCUMENT.dereference(DOCUMENT.get(edit.pointer))["in"]

        def has(exchange: Recorded) -> bool:
            return name in exchange.query if where == "query" else name.lower() in exchange.sent

        def is_required(exchange: Recorded) -> bool:
            return exchange.status == 422 and (name, "missing") in exchange.violations

        def acts(exchange: Recorded) -> bool:
            """The exchange shows that the server reads the parameter: an undeclared header would have no effect."""
            if where == "query":
                return exchange.status < 400
            return (name, "missing") not in exchange.violations and (
                any(name == violated for violated, _ in exchange.violations) or exchange.problem in EFFECTS[name]
            )

        if where == "path":
            return f"S: the path has {{{name}}}"
        if kind == "parameter renamed":
            return self._first(at, lambda exchange: has(exchange) and acts(exchange), f"{name} was read")
        if kind == "parameter required":
            return self._first(at, lambda exchange: exchange.status < 400 and not has(exchange), f"{name} was left out")
        return self._first(at, lambda exchange: not has(exchange) and is_required(exchange), f"{name} was required")


def _followed(where: str) -> str:
    node = DOCUMENT.get(where)
    while "$ref" in node:
        where = node["$ref"].removeprefix("#")
        node = DOCUMENT.get(where)
    return where


# -- all of them -------------------------------------------------------------------------------------------------------
def detected(edits: Iterable[Edit], exchanges: Exchanges) -> dict[str, str]:
    """For each detected edit: layer and reason."""
    reasons: dict[str, str] = {}
    waiting = []
    for edit in edits:
        detectors = (
            [by_default, by_instances, exchanges.contradict, by_forms] if edit.uses else [by_callers, by_limits, exchanges.contradict]
        )
        reason = next((seen for detector in detectors if (seen := detector(edit)) is not None), None)
        if reason is None:
            waiting.append(edit)
        else:
            reasons[edit.name] = reason
    return reasons | by_lint(waiting)
