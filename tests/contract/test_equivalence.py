"""The server decides as the document does, on instances right and wrong of every body, parameter and answer. Without HTTP."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from itertools import chain
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.types import Message

from codegen.contract.document import Document, pointer
from codegen.contract.keywords import by_document, occurrences
from codegen.contract.schemas import Schema, schemas
from steelyard.app.application import create_app
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.parameters import ParameterDecoder
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract.operations import OPERATIONS, Operation
from tests.kit.contract.instances import Instances
from tests.kit.servers.running import settings_for

DOCUMENT = Document(json.loads((resources.files("steelyard_contract") / "openapi.json").read_bytes()))
FORM = "application/x-www-form-urlencoded"
PER_BODY, PER_PARAMETER, PER_ANSWER = 1500, 120, 250
# Rules that a value can break. Other keywords hold schemas, or are words.
RULES = {
    *("type", "const", "enum", "format", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minItems", "maxItems", "uniqueItems", "required", "additionalProperties", "oneOf"),
    *("dependentRequired", "minProperties", "maxProperties", "propertyNames"),
}
# What texts can be made into before a parameter's type sees them.
SPELLED = {"integer": int, "boolean": bool, "string": str, "array": list}


@dataclass
class Target:
    """A schema, and what the server judges it by."""

    where: str
    adapter: TypeAdapter[Any]
    by_document: bool
    instances: Iterable[Any]

    def verdict(self, instance: Any, refusal: str) -> str | None:
        """How the server's verdict differs from the document's, whose reason to refuse is given; empty: it takes it."""
        try:
            self.adapter.validate_json(json.dumps(instance))
        except ValidationError as error:
            first = error.errors()[0]
            return None if refusal else f"refuses what the document takes: {first['loc']} {first['type']}"
        return f"takes what the document refuses: {refusal}" if refusal and not self.by_document else None


class Read(Target):
    """A parameter, which is no text any more when its type judges it."""

    def verdict(self, instance: Any, refusal: str) -> str | None:
        try:
            self.adapter.validate_python(instance)
        except ValidationError as error:
            return None if refusal else f"refuses what the document takes: {error.errors()[0]['type']}"
        return f"takes what the document refuses: {refusal}" if refusal and not self.by_document else None


class Answered(Target):
    """An answer: its model takes what the document takes, and prints that again."""

    def verdict(self, instance: Any, refusal: str) -> str | None:
        try:
            model = self.adapter.validate_json(json.dumps(instance))
        except ValidationError as error:
            first = error.errors()[0]
            # No handler has these to say: Python knows no year 0, and counts the steps of a path in integers.
            unsayable = first["type"] == "datetime_parsing" or isinstance(first["input"], float)
            return None if refusal or unsayable else f"refuses what the document takes: {first['loc']} {first['type']}"
        if refusal:
            return None if self.by_document else f"takes what the document refuses: {refusal}"
        printed = json.loads(self.adapter.dump_json(model))
        return None if DOCUMENT.validator(self.where).is_valid(printed) else f"prints {str(printed)[:80]}, which the document refuses"


@dataclass
class Compiled(Target):
    """A body or a parameter, as the compiled operation reads it: from bytes or from text."""

    operation: Operation
    read: Callable[[Any, list[m.Violation]], Any]

    def verdict(self, instance: Any, refusal: str) -> str | None:
        violations: list[m.Violation] = []
        self.read(instance, violations)
        if violations:
            return None if refusal else f"{self.operation.id} refuses what the document takes: {violations[0].loc} {violations[0].type}"
        return f"{self.operation.id} takes what the document refuses: {refusal}" if refusal else None


@dataclass
class Tally:
    """What came of a comparison."""

    instances: int = 0
    accepted: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)
    """JSON pointers of the rules that some instance broke."""

    def __str__(self) -> str:
        return f"{self.instances} instances, {self.accepted} accepted, {self.differences.total()} differ, {len(self.broken)} rules broken"


def compared(targets: Iterator[Target]) -> Tally:
    tally = Tally()
    for target in targets:
        judge = DOCUMENT.validator(target.where)
        before = tally.accepted
        for instance in target.instances:
            errors = list(judge.iter_errors(instance))
            tally.instances += 1
            tally.accepted += not errors
            tally.broken.update(rule for error in errors for rule in rules_of(error))
            if (difference := target.verdict(instance, errors[0].message[:90] if errors else "")) is not None:
                tally.differences[f"{target.where}: {difference}"] += 1
        assert tally.accepted > before, f"no instance of {target.where} is right: what is refused proves nothing"
    return tally


def rules_of(error: jsonschema_rs.ValidationError) -> Iterator[str]:
    """The rules that an error is about, those within the branches of a union included."""
    yield pointer(*error.schema_path)
    for branch in getattr(error.kind, "context", None) or ():
        for one in branch:
            yield from rules_of(one)


def adapter_of(schema: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(m, schema.rsplit("/", 1)[1]))


def bodies(seed: int, operations: Iterable[Operation] = OPERATIONS.values()) -> Iterator[Target]:
    for where, body in {body.schema: body for operation in operations for body in operation.bodies}.items():
        yield Target(where, adapter_of(where), body.by_document, Instances(DOCUMENT, where, seed).take(PER_BODY))


def parts(seed: int) -> Iterator[Target]:
    """The components that bodies are made of."""
    whole = {body.schema for operation in OPERATIONS.values() for body in operation.bodies}
    for part in schemas(DOCUMENT):
        if part.use == "request" and part.component and part.pointer not in whole:
            yield Target(
                part.pointer, adapter_of(part.pointer), by_document(DOCUMENT, part), Instances(DOCUMENT, part.pointer, seed).take(0)
            )


def parameters(seed: int, operations: Iterable[Operation] = OPERATIONS.values()) -> Iterator[Target]:
    for one in {one.schema: one for operation in operations for one in operation.parameters}.values():
        kind = SPELLED[DOCUMENT.dereference(DOCUMENT.get(one.schema))["type"]]
        values = [value for value in Instances(DOCUMENT, one.schema, seed).take(PER_PARAMETER) if type(value) is kind]
        yield Read(one.schema, TypeAdapter(getattr(p, one.alias)), one.by_document, values)


def answers(seed: int) -> Iterator[Target]:
    for part in schemas(DOCUMENT):
        if part.use in ("response", "problem") and part.component:
            instances = Instances(DOCUMENT, part.pointer, seed).take(PER_ANSWER)
            yield Answered(
                part.pointer, adapter_of(part.pointer), by_document(DOCUMENT, Schema(part.node, part.pointer, "request")), instances
            )


def compiled(seed: int, operations: Iterable[str] = OPERATIONS) -> Iterator[Compiled]:
    """What each operation reads, in an application that is wired and never opened."""
    wanted = set(operations)
    for compiled in create_app(settings_for("sqlite:///nowhere.db"))._compiled:
        if compiled.operation.id not in wanted:
            continue
        body, parameters = compiled._body, compiled._parameters
        for described in compiled.operation.bodies:
            if body is not None and body.media != FORM:
                instances = Instances(DOCUMENT, described.schema, seed).take(0)
                yield Compiled(described.schema, adapter_of(described.schema), True, instances, compiled.operation, _from_bytes(body))
        decoders = {one.name: one for one in (*parameters._path, *parameters._query.values(), *(one for _, one in parameters._headers))}
        for one in compiled.operation.parameters:
            kind = SPELLED[DOCUMENT.dereference(DOCUMENT.get(one.schema))["type"]]
            values = [value for value in Instances(DOCUMENT, one.schema, seed).take(0) if type(value) is kind]
            adapter = TypeAdapter(getattr(p, one.alias))
            yield Compiled(one.schema, adapter, True, values, compiled.operation, _from_text(decoders[one.name]))


def _from_bytes(body: RequestBody) -> Callable[[Any, list[m.Violation]], Any]:
    return lambda instance, violations: body.parse(json.dumps(instance).encode(), violations)


def _from_text(decoder: ParameterDecoder) -> Callable[[Any, list[m.Violation]], Any]:
    return lambda instance, violations: decoder([json.dumps(instance) if isinstance(instance, bool) else str(instance)], violations)


async def _unsent() -> Message:
    raise AssertionError("a body that nobody sent was waited for")


def left_out(operations: Iterable[str] = OPERATIONS) -> Iterator[str]:
    """Where a request without anything that may be missing is judged otherwise than by what the document requires."""
    described = {one.id: one for one in DOCUMENT.operations()}
    wanted = set(operations)
    for compiled in create_app(settings_for("sqlite:///nowhere.db"))._compiled:
        if compiled.operation.id not in wanted:
            continue
        operation, violations = described[compiled.operation.id], list[m.Violation]()
        given = [one.spec for one in operation.parameters() if not one.edge]
        path = {one["name"]: str(one["example"]) for one in given if one["in"] == "path"}
        compiled._parameters.read(path, b"", {}, (), violations)
        if compiled._body is not None:
            asyncio.run(compiled._read_body(RequestContext(operation.id, {}, _unsent, {}, "", ""), False, {}, violations))
        required: set[tuple[str | int, ...]] = {(one["in"], one["name"]) for one in given if one["in"] != "path" and one.get("required")}
        if DOCUMENT.dereference(operation.spec.get("requestBody", {})).get("required"):
            required.add(("body",))
        demanded = {tuple(one.loc) for one in violations}
        for place in sorted(required ^ demanded):
            yield f"{operation.id} {'does without' if place in required else 'demands'} {'/'.join(map(str, place))}, unlike the document"


@pytest.fixture(scope="module")
def sent(seed: int) -> Tally:
    return compared(chain(bodies(seed), parts(seed)))


@pytest.fixture(scope="module")
def read(seed: int) -> Tally:
    return compared(parameters(seed))


@pytest.fixture(scope="module")
def told(seed: int) -> Tally:
    return compared(answers(seed))


def unbroken(tally: Tally, *uses: str) -> list[str]:
    """Rules of these uses that no instance broke.

    What a condition asks is no rule, unions that the bundler writes are compared part by part, and what the edge reads it only compares.
    """
    edge = {f"{given.pointer}/schema" for operation in DOCUMENT.operations() for given in operation.parameters() if given.edge}
    within = {one.pointer for one in schemas(DOCUMENT) if one.use in uses} - edge
    rules = {one.pointer for one in occurrences(DOCUMENT) if one.keyword in RULES and one.enforcer != "wording"} - tally.broken
    schema_of = {rule: rule.rpartition("/")[0] for rule in rules if "/if/" not in rule and "/responses/" not in rule}
    return sorted(rule for rule, where in schema_of.items() if where in within)


def test_every_body_is_judged_as_the_document_judges_it(sent: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nbodies: {sent}")

    assert sent.differences == Counter()


def test_every_parameter_is_judged_as_the_document_judges_it(read: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nparameters: {read}")

    assert read.differences == Counter()


def test_what_an_answer_takes_it_prints_as_the_document_says(told: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nanswers: {told}")

    assert told.differences == Counter()


def test_what_is_compiled_decides_as_the_document_decides(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    tally = compared(compiled(seed))

    with capsys.disabled():
        sys.stdout.write(f"\ncompiled: {tally}")
    assert tally.differences == Counter()


def test_what_may_be_left_out_is_what_the_document_does_not_require() -> None:
    assert list(left_out()) == []


def test_models_alone_would_take_what_the_document_refuses(seed: int) -> None:
    alone = compared(replace(target, by_document=False) for target in chain(bodies(seed), parts(seed)) if target.by_document)

    assert any("takes what the document refuses" in difference for difference in alone.differences)


def test_twenty_thousand_instances_were_compared(sent: Tally, read: Tally, told: Tally) -> None:
    assert sent.instances + read.instances + told.instances >= 20_000


def test_every_rule_of_what_is_sent_was_broken(sent: Tally) -> None:
    assert unbroken(sent, "request") == []


def test_every_rule_of_parameters_but_their_type_was_broken(read: Tally) -> None:
    assert [rule for rule in unbroken(read, "parameter") if not rule.endswith("/type")] == []


def test_every_rule_of_what_is_answered_was_broken(told: Tally) -> None:
    assert unbroken(told, "response", "problem") == []
