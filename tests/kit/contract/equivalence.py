"""Compares what a server accepts with what its document allows, on instances of every body, parameter and response. Without HTTP."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import jsonschema_rs
from pydantic import TypeAdapter, ValidationError
from starlette.types import Message

from codegen.contract.document import Document, pointer
from codegen.contract.enforcement import Occurrence, by_document, occurrences
from codegen.contract.names import schema_class
from codegen.contract.schemas import Schema, is_any, schemas
from steelyard.contract.api import ContractAPI
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.request.body import RequestBody
from steelyard.contract.request.parameters import ParameterDecoder
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract.operations import OPERATIONS, Operation, Parameter
from tests.kit.contract.bodies import FORM, encoded
from tests.kit.contract.instances import Instances

DOCUMENT = Document(json.loads((resources.files("steelyard_contract") / "openapi.json").read_bytes()))
PER_BODY, PER_PARAMETER, PER_RESPONSE = 1500, 120, 250
# Rules that a value can break. Other keywords contain schemas, or are descriptive.
RULES = {
    *("type", "const", "enum", "format", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minItems", "maxItems", "uniqueItems", "multipleOf", "required", "additionalProperties", "oneOf", "anyOf"),
    *("dependentRequired", "minProperties", "maxProperties", "propertyNames"),
}
# Types that a text can be converted to before a parameter's type checks it.
SPELLED = {"integer": int, "number": float, "boolean": bool, "string": str, "array": list}


@dataclass
class Target:
    """A schema, and the server's validator for it."""

    where: str
    adapter: TypeAdapter[Any]
    by_document: bool
    instances: Iterable[Any]

    def difference(self, instance: Any, reason: str) -> str | None:
        """How the server decides differently; `reason` is why the document rejects the instance, empty if it accepts it."""
        try:
            self.adapter.validate_json(json.dumps(instance))
        except ValidationError as error:
            first = error.errors()[0]
            return None if reason else f"rejects a valid instance: {first['loc']} {first['type']}"
        return f"accepts an invalid instance: {reason}" if reason and not self.by_document else None


class Read(Target):
    """A parameter, which has been converted from text when its type checks it."""

    def difference(self, instance: Any, reason: str) -> str | None:
        try:
            self.adapter.validate_python(instance)
        except ValidationError as error:
            return None if reason else f"rejects a valid instance: {error.errors()[0]['type']}"
        return f"accepts an invalid instance: {reason}" if reason and not self.by_document else None


class Returned(Target):
    """A response: its model accepts what the document accepts, and serializes it validly."""

    def difference(self, instance: Any, reason: str) -> str | None:
        try:
            model = self.adapter.validate_json(json.dumps(instance))
        except ValidationError as error:
            first = error.errors()[0]
            # No handler can return these: Python has no year 0, and counts the steps of a path in integers.
            impossible = first["type"] == "datetime_parsing" or isinstance(first["input"], float)
            return None if reason or impossible else f"rejects a valid instance: {first['loc']} {first['type']}"
        if reason:
            return None if self.by_document else f"accepts an invalid instance: {reason}"
        serialized = json.loads(self.adapter.dump_json(model))
        return None if DOCUMENT.validator(self.where).is_valid(serialized) else f"serializes it as {str(serialized)[:80]}, which is invalid"


@dataclass
class Compiled(Target):
    """A body or a parameter, as the compiled operation reads it: from bytes or text."""

    operation: Operation
    read: Callable[[Any, list[m.Violation]], Any]

    def difference(self, instance: Any, reason: str) -> str | None:
        violations: list[m.Violation] = []
        self.read(instance, violations)
        if violations:
            return None if reason else f"{self.operation.id} rejects a valid instance: {violations[0].loc} {violations[0].type}"
        return f"{self.operation.id} accepts an invalid instance: {reason}" if reason else None


@dataclass
class Tally:
    """The result of a comparison."""

    instances: int = 0
    accepted: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)
    """JSON pointers of the rules that an instance broke."""

    def __str__(self) -> str:
        return f"{self.instances} instances, {self.accepted} accepted, {self.differences.total()} differ, {len(self.broken)} rules broken"


def compared(targets: Iterator[Target]) -> Tally:
    tally = Tally()
    for target in targets:
        validator = DOCUMENT.validator(target.where)
        before = tally.accepted
        for instance in target.instances:
            errors = list(validator.iter_errors(instance))
            tally.instances += 1
            tally.accepted += not errors
            tally.broken.update(rule for error in errors for rule in rules_of(error))
            if (difference := target.difference(instance, errors[0].message[:90] if errors else "")) is not None:
                tally.differences[f"{target.where}: {difference}"] += 1
        assert tally.accepted > before, f"no instance of {target.where} is valid: rejected instances alone prove nothing"
    return tally


def rules_of(error: jsonschema_rs.ValidationError) -> Iterator[str]:
    """The rules that an error is about, including those in the branches of a union."""
    yield pointer(*error.schema_path)
    for branch in getattr(error.kind, "context", None) or ():
        for nested in branch:
            yield from rules_of(nested)


def adapter_of(schema: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(m, schema_class(schema.rsplit("/", 1)[1])))


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
    for parameter in {parameter.schema: parameter for operation in operations for parameter in operation.parameters}.values():
        values = _sent(parameter, Instances(DOCUMENT, parameter.schema, seed).take(PER_PARAMETER))
        yield Read(parameter.schema, TypeAdapter(getattr(p, parameter.alias)), parameter.by_document, values)


def responses(seed: int) -> Iterator[Target]:
    for part in schemas(DOCUMENT):
        if part.use in ("response", "problem") and part.component:
            instances = Instances(DOCUMENT, part.pointer, seed).take(PER_RESPONSE)
            yield Returned(
                part.pointer, adapter_of(part.pointer), by_document(DOCUMENT, Schema(part.node, part.pointer, "request")), instances
            )


def compiled(app: ContractAPI, seed: int, operations: Iterable[str] = OPERATIONS) -> Iterator[Compiled]:
    """What each operation of an application reads. The application need not be open."""
    chosen = set(operations)
    for compiled in app._compiled:
        if compiled.operation.id not in chosen:
            continue
        body, parameters = compiled._body, compiled._parameters
        for described in compiled.operation.bodies:
            if isinstance(body, RequestBody) and body.media != FORM:
                instances = Instances(DOCUMENT, described.schema, seed).take(0)
                held = [instance for instance in instances if encoded(body.media, instance) is not None]
                yield Compiled(described.schema, adapter_of(described.schema), True, held, compiled.operation, _from_bytes(body))
        decoders = {
            decoder.name: decoder
            for decoder in (*parameters._path, *parameters._query.values(), *(decoder for _, decoder in parameters._headers))
        }
        for parameter in compiled.operation.parameters:
            values = _sent(parameter, Instances(DOCUMENT, parameter.schema, seed).take(0))
            adapter = TypeAdapter(getattr(p, parameter.alias))
            yield Compiled(parameter.schema, adapter, True, values, compiled.operation, _from_text(decoders[parameter.name]))


def _from_bytes(body: RequestBody) -> Callable[[Any, list[m.Violation]], Any]:
    return lambda instance, violations: body.parse(encoded(body.media, instance) or b"", violations)


def _from_text(decoder: ParameterDecoder) -> Callable[[Any, list[m.Violation]], Any]:
    def read(instance: Any, violations: list[m.Violation]) -> Any:
        texts = [json.dumps(each) if isinstance(each, bool) else str(each) for each in (instance if decoder.many else [instance])]
        return decoder(texts if decoder.separator is None else [decoder.separator.join(texts)], violations)

    return read


def _sent(parameter: Parameter, instances: Iterable[Any]) -> list[Any]:
    """The instances that a text can stand for: of the declared type, and without separators inside of elements."""
    schema = DOCUMENT.dereference(DOCUMENT.get(parameter.schema))
    kept: list[Any] = [instance for instance in instances if type(instance) is SPELLED[schema["type"]]]
    if not parameter.many:
        return kept
    kind = SPELLED[DOCUMENT.dereference(schema["items"])["type"]]
    return [elements for elements in kept if all(_is_sent(each, kind, parameter) for each in elements)]


def _is_sent(element: Any, kind: type, parameter: Parameter) -> bool:
    if type(element) is not kind or (parameter.separator is not None and (not str(element) or parameter.separator in str(element))):
        return False
    return parameter.where != "header" or not isinstance(element, str) or element == element.strip(" \t")


async def _unsent() -> Message:
    raise AssertionError("the server waited for a body that was not sent")


def left_out(app: ContractAPI, operations: Iterable[str] = OPERATIONS) -> Iterator[str]:
    """Where the server's decision on a request without optional parts differs from the document's."""
    described = {operation.id: operation for operation in DOCUMENT.operations()}
    chosen = set(operations)
    for compiled in app._compiled:
        if compiled.operation.id not in chosen:
            continue
        operation, violations = described[compiled.operation.id], list[m.Violation]()
        declared = [parameter.spec for parameter in operation.parameters() if not parameter.edge]
        path = {parameter["name"]: _text_of(parameter["example"]) for parameter in declared if parameter["in"] == "path"}
        compiled._parameters.read(path, b"", {}, (), violations)
        if compiled._body is not None:
            asyncio.run(compiled._read_body(RequestContext(operation.id, {}, _unsent, {}, "", ""), False, {}, violations))
        required: set[tuple[str | int, ...]] = {
            (parameter["in"], parameter["name"]) for parameter in declared if parameter["in"] != "path" and parameter.get("required")
        }
        if DOCUMENT.dereference(operation.spec.get("requestBody", {})).get("required"):
            required.add(("body",))
        reported = {tuple(violation.loc) for violation in violations}
        for place in sorted(required ^ reported):
            verb = "does not require" if place in required else "requires"
            yield f"{operation.id} {verb} {'/'.join(map(str, place))}, unlike the document"


def _text_of(example: Any) -> str:
    return ",".join(map(str, example)) if isinstance(example, list) else str(example)


def is_rule(occurrence: Occurrence) -> bool:
    """Whether a value can break the keyword itself: no schema in it, all types, a format that a pattern checks, or that any octets have."""
    value = occurrence.value
    is_idle = isinstance(value, Mapping) or value in ("byte", "binary") or is_any({occurrence.keyword: value})
    return occurrence.keyword in RULES and not is_idle


def unbroken(tally: Tally, *uses: str) -> list[str]:
    """Rules of these uses that no instance broke.

    Conditions are not rules, unions that the bundler writes are compared part by part, and the edge only compares what it reads.
    """
    edge = {f"{parameter.pointer}/schema" for operation in DOCUMENT.operations() for parameter in operation.parameters() if parameter.edge}
    within = {schema.pointer for schema in schemas(DOCUMENT) if schema.use in uses} - edge
    rules = {each.pointer for each in occurrences(DOCUMENT) if each.enforcer != "wording" and is_rule(each)} - tally.broken
    schema_of = {rule: rule.rpartition("/")[0] for rule in rules if "/if/" not in rule and "/responses/" not in rule}
    return sorted(rule for rule, where in schema_of.items() if where in within)
