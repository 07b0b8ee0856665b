"""Who notices that the document was changed: instances of its schemas, and exchanges that were recorded from the unchanged server."""

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
from codegen.contract.keywords import by_document
from codegen.contract.schemas import Schema
from codegen.lint import operations as rules
from codegen.lint import shapes
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract.operations import OPERATIONS
from tests.contract import test_permissions as permissions
from tests.contract.headers import FORMS, RIGHT
from tests.contract.mutants.edits import Edit, answers, applied
from tests.contract.mutants.recording import Recorded
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.contract.instances import Instances

DOCUMENT = Document(json.loads((resources.files("steelyard_contract") / "openapi.json").read_bytes()))
URN = "urn:steelyard:unchanged"
REGISTRY = jsonschema_rs.Registry([(URN, dict(DOCUMENT.root))])
# Header -> problems that only its value brings about.
EFFECTS: dict[str, set[str]] = {
    "If-Match": {"/problems/precondition-failed"},
    "Idempotency-Key": {"/problems/idempotency-key-reused", "/problems/idempotency-in-progress"},
}
# Answers that belong to no operation.
UNROUTED = {404: "/components/responses/NotFound", 405: "/components/responses/MethodNotAllowed"}
SPELLED = {"integer": int, "boolean": bool, "string": str, "array": list}


@dataclass(frozen=True, slots=True)
class Host:
    """A schema as a whole, with instances on both sides of each of its rules, and whether the server takes them."""

    where: str
    instances: list[Any]
    takes: list[bool]


# -- schemas -----------------------------------------------------------------------------------------------------------
def host_of(edit: Edit) -> str:
    """The component, parameter or header that an edit is inside of."""
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
    judge = DOCUMENT.validator(where)
    if not where.startswith("/components/schemas/"):
        values = [value for value in values if type(value) is SPELLED[DOCUMENT.dereference(node)["type"]]]
    documents_too = by_document(DOCUMENT, Schema(node, where, "request"))
    kept, takes = [], []
    for value in values:
        valid = judge.is_valid(value)
        model = _takes(adapter, value, as_text=where.startswith("/components/schemas/"))
        # The document decides beside the model where the model cannot say a rule; where a model is stricter, nothing is to be seen.
        verdict = model and valid if documents_too else model
        if verdict == valid:
            kept.append(value)
            takes.append(verdict)
    return Host(where, kept, takes)


def _adapter(where: str) -> TypeAdapter[Any] | None:
    name = steps(where)[-1]
    if where.startswith("/components/schemas/"):
        return TypeAdapter(getattr(m, name)) if hasattr(m, name) else None
    found = next((one.alias for operation in OPERATIONS.values() for one in operation.parameters if one.schema == where), None)
    return None if found is None else TypeAdapter(getattr(p, found))


def _takes(adapter: TypeAdapter[Any], value: Any, *, as_text: bool) -> bool:
    try:
        if as_text:
            adapter.validate_json(json.dumps(value))
        else:
            adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _elsewhere(node: Any) -> Any:
    """The schema, with its references leading into the unchanged document."""
    if isinstance(node, dict):
        return {
            key: f"{URN}{one}" if key == "$ref" and isinstance(one, str) else _elsewhere(one)
            for key, one in node.items()
            if key not in {"discriminator", "examples"}
        }
    return [_elsewhere(one) for one in node] if isinstance(node, list) else node


def by_instances(edit: Edit) -> str | None:
    """An instance about which the changed document and the server disagree."""
    where = host_of(edit)
    known = host(where)
    if not known.instances:
        return None
    judge = changed_judge(edit, where)
    for value, taken in zip(known.instances, known.takes, strict=True):
        if judge.is_valid(value) != taken:
            verb = "takes" if taken else "refuses"
            return f"E: the server {verb} {json.dumps(value, ensure_ascii=False)[:80]}"
    return None


def changed_judge(edit: Edit, where: str) -> jsonschema_rs.Draft202012Validator:
    """Decides as the changed document does; of all others, nothing is built anew."""
    changed = applied(DOCUMENT.get(where), edit, edit.pointer.removeprefix(where))
    return jsonschema_rs.Draft202012Validator(_elsewhere(changed), registry=REGISTRY, validate_formats=True)


def by_default(edit: Edit) -> str | None:
    """The server's own default is another one."""
    if not edit.what.startswith("default"):
        return None
    changed = applied(DOCUMENT.get(edit.pointer), edit)["default"]
    for operation in OPERATIONS.values():
        for one in operation.parameters:
            if one.schema == edit.pointer and one.default is not None:
                value = getattr(one.default, "value", one.default)
                return f"O: left out, {one.name} means {value}" if value != changed else None
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
    shapes.p13_defaults,
    rules.p15_headers,
    rules.guards,
)


def by_lint(edits: Iterable[Edit]) -> dict[str, str]:
    """For each edit that breaks a rule of the document by itself: which rule. Many edits at once, never two of one place."""
    found: dict[str, str] = {}
    waiting = list(edits)
    while waiting:
        root, here, later = copy.deepcopy(DOCUMENT.root), dict[str, Edit](), list[Edit]()
        for edit in waiting:
            if any(edit.pointer.startswith(one) or one.startswith(edit.pointer) for one in here):
                later.append(edit)
                continue
            here[edit.pointer] = edit
            edit.apply(Document(root).get(edit.pointer))
        document = Document(root)
        for rule in PORTABLE:
            for finding in rule(document):
                culprit = (
                    here.get(finding.pointer)
                    or here.get(finding.pointer.rpartition("/properties/")[0])
                    or here.get(finding.pointer.rpartition("/")[0])
                )
                if culprit is not None:
                    found.setdefault(culprit.name, f"L: {finding.rule}: {finding.message}"[:160])
        waiting = later
    return found


# -- callers -----------------------------------------------------------------------------------------------------------
def by_callers(edit: Edit) -> str | None:
    """A caller who should be answered otherwise; the matrix has shown that the server answers as the unchanged document says."""
    plain = next((one for one in CONTRACT.operations.values() if one.pointer == edit.pointer), None)
    if plain is None or not edit.what.startswith(("security", "anonymous", "scope", "x-access")):
        return None
    changed = replace(plain, node=applied(plain.node, edit))
    for caller in {str(one): one for operation in (changed, plain) for one in permissions.callers(operation)}.values():
        for target in permissions.targets(plain):
            want, now = permissions.expected(plain, caller, target), _expected(changed, caller, target)
            if want != now:
                return f"P: {caller}, {target}: {want}, not {now}"
    return None


def _expected(operation: Operation, caller: permissions.Caller, target: str) -> tuple[int, str] | str:
    try:
        return permissions.expected(operation, caller, target)
    except (KeyError, ValueError, StopIteration):
        return "nothing that could be expected"


def by_limits(edit: Edit) -> str | None:
    """The class that the answers announce is another one; test_limits reads it off each of them."""
    if not edit.what.startswith("x-rate-class"):
        return None
    (operation,) = [one for one in CONTRACT.operations.values() if one.pointer == edit.pointer]
    told = OPERATIONS[operation.id].rate_class
    now = applied(operation.node, edit)["x-rate-class"]
    return f"D: {told!r} is announced, not {now!r}" if told != now else None


# -- exchanges ---------------------------------------------------------------------------------------------------------
@cache
def _names(where: str) -> frozenset[str]:
    """The names of the headers that are described there."""
    shared = (pointer("components", "responses", name) for name in DOCUMENT.components("responses"))
    sent = ((answer, name) for answer in (*answers(DOCUMENT), *shared) for name in DOCUMENT.get(answer).get("headers", {}))
    return frozenset(name for answer, name in sent if _followed(answer + pointer("headers", name)) == where)


def by_forms(edit: Edit) -> str | None:
    """A malformed header that would pass, or one that would not though it may come up; test_headers shows both to judge and referee."""
    if "header" not in edit.uses:
        return None
    schema = host_of(edit)
    judge, where = changed_judge(edit, schema), schema.removesuffix("/schema")
    integer = DOCUMENT.dereference(DOCUMENT.get(schema)).get("type") == "integer"
    for name in _names(where):
        for text in (*FORMS[name].malformed, *RIGHT.get(where, ())):
            value = int(text) if integer and re.fullmatch("-?[0-9]+", text) else text
            if judge.is_valid(value) == (text in FORMS[name].malformed):
                return f"R: {name} would {'not ' if text in RIGHT.get(where, ()) else ''}be {text!r}"
    return None


class Exchanges:
    """What was recorded, by the place in the document that speaks of it."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._at: dict[str, list[Recorded]] = defaultdict(list)
        self._values: dict[str, dict[Any, Recorded]] = defaultdict(dict)
        for one in recorded:
            if not one.operation:
                if one.problem is not None:
                    self._answer(UNROUTED[one.status], one)
                continue
            operation = CONTRACT.operations[one.operation]
            self._at[f"{operation.pointer}/responses"].append(one)
            self._at[operation.pointer].append(one)
            if str(one.status) in operation.node["responses"]:
                self._answer(_followed(f"{operation.pointer}/responses/{one.status}"), one)

    def _answer(self, where: str, one: Recorded) -> None:
        self._at[where].append(one)
        for name in DOCUMENT.get(where).get("headers", {}):
            self._header(_followed(where + pointer("headers", name)), name, one)

    def _header(self, where: str, name: str, one: Recorded) -> None:
        if (text := one.header(name)) is not None:
            value = int(text) if DOCUMENT.dereference(DOCUMENT.get(where)["schema"]).get("type") == "integer" else text
            self._values[f"{where}/schema"].setdefault(value, one)

    def contradict(self, edit: Edit) -> str | None:
        """An exchange that the changed document does not allow, or does not explain."""
        kind, _, name = edit.what.partition(": ")
        if "header" in edit.uses:
            return self._sent(edit)
        if kind == "oneOf smaller":
            return self._problem(edit)
        if kind == "status dropped":
            return self._first(edit.pointer, lambda one: str(one.status) == name, f"{name} was answered")
        if kind == "header dropped":
            return self._first(edit.pointer.removesuffix("/headers"), lambda one: one.header(name) is not None, f"{name} was sent")
        if kind == "media type exchanged":
            return self._first(edit.pointer, lambda one: one.header("content-type") is not None, "another one was sent")
        return self._parameter(edit, kind, name) if kind.startswith("parameter") else None

    def _sent(self, edit: Edit) -> str | None:
        where = host_of(edit)
        judge = changed_judge(edit, where)
        found = next((value for value in self._values[where] if not judge.is_valid(value)), None)
        return None if found is None else f"R: sent was {found!r}: {self._values[where][found]}"[:160]

    def _problem(self, edit: Edit) -> str | None:
        where = host_of(edit)
        at = where.partition("/content/")[0]
        changed = applied(DOCUMENT.get(where), edit, edit.pointer.removeprefix(where))
        left = {DOCUMENT.dereference(one).get("properties", {}).get("type", {}).get("const") for one in changed.get("oneOf", ())}
        return self._first(at, lambda one: one.problem is not None and one.problem not in left, "the problem was answered")

    def _first(self, at: str, shows: Callable[[Recorded], bool], what: str) -> str | None:
        found = next((one for one in self._at.get(at, ()) if shows(one)), None)
        return None if found is None else f"R: {what}: {found}"

    def _parameter(self, edit: Edit, kind: str, name: str) -> str | None:
        at = edit.pointer.rpartition("/parameters/")[0]
        where = DOCUMENT.dereference(DOCUMENT.get(edit.pointer))["in"]

        def has(one: Recorded) -> bool:
            return name in one.query if where == "query" else name.lower() in one.asked

        def demands(one: Recorded) -> bool:
            return one.status == 422 and (name, "missing") in one.blamed

        def acts(one: Recorded) -> bool:
            """It did what only a server does that knows it: a header that nobody declares may be sent to no effect."""
            if where == "query":
                return one.status < 300
            return (name, "missing") not in one.blamed and (any(name == blamed for blamed, _ in one.blamed) or one.problem in EFFECTS[name])

        if where == "path":
            return f"S: the path has {{{name}}}"
        if kind == "parameter renamed":
            return self._first(at, lambda one: has(one) and acts(one), f"{name} was understood")
        if kind == "parameter required":
            return self._first(at, lambda one: one.status < 300 and not has(one), f"{name} was left out")
        return self._first(at, lambda one: not has(one) and demands(one), f"{name} was demanded")


def _followed(where: str) -> str:
    node = DOCUMENT.get(where)
    while "$ref" in node:
        where = node["$ref"].removeprefix("#")
        node = DOCUMENT.get(where)
    return where


# -- everybody ---------------------------------------------------------------------------------------------------------
def noticed(edits: Iterable[Edit], exchanges: Exchanges) -> dict[str, str]:
    """For each edit that somebody notices: layer and reason."""
    found: dict[str, str] = {}
    waiting = []
    for edit in edits:
        looks = [by_default, by_instances, exchanges.contradict, by_forms] if edit.uses else [by_callers, by_limits, exchanges.contradict]
        reason = next((told for look in looks if (told := look(edit)) is not None), None)
        if reason is None:
            waiting.append(edit)
        else:
            found[edit.name] = reason
    return found | by_lint(waiting)
