"""operations.py: the contract as data. The compiler, the binder, the permission matrix and coverage read nothing else."""

from codegen.document import Document, Given, Operation, Told, referenced
from codegen.keywords import by_document
from codegen.names import snake
from codegen.schemas import Schema
from codegen.server.params import aliases
from codegen.server.replies import class_name
from codegen.server.text import block

TOP = """
from steelyard_contract import models as m
from steelyard_contract.records import Answer as Answer
from steelyard_contract.records import Body as Body
from steelyard_contract.records import Operation as Operation
from steelyard_contract.records import Parameter as Parameter
"""
DEFAULT_MAX_BYTES = 1 << 20


def render(document: Document) -> str:
    """The module."""
    names = aliases(document)
    rows = "".join(f"    {operation.id!r}: {record(document, operation, names)},\n" for operation in document.operations())
    return f"{TOP}\nOPERATIONS: dict[str, Operation] = {{\n{rows}}}\n"


def record(document: Document, operation: Operation, names: dict[tuple[str, str], str]) -> str:
    spec, given = operation.spec, [one for one in operation.parameters() if not one.edge]
    return call(
        "Operation",
        id=repr(operation.id),
        method=repr(operation.method.upper()),
        path=repr(operation.path),
        tag=repr(spec["tags"][0]),
        handler=repr(snake(operation.id)),
        security=repr(tuple(tuple((scheme, tuple(scopes)) for scheme, scopes in way.items()) for way in operation.security)),
        access=repr(access(operation)),
        rate_class=repr(operation.rate_class),
        idempotency=repr(idempotency(given)),
        pages=repr(pages(operation)),
        revalidates=repr("304" in spec["responses"]),
        deprecated=repr(bool(spec.get("deprecated"))),
        parameters=block(parameter(document, one, names[operation.id, one.name]) for one in given),
        bodies=block(bodies(document, operation)),
        answers=block(answer(document, operation, one) for one in operation.successes()),
        problems=repr(tuple(operation.refusals())),
        pointer=repr(operation.pointer),
    )


def access(operation: Operation) -> tuple[tuple[str, str, str], ...]:
    """(who, scope, credential) of x-access, whose short form is the scope alone."""
    ways = ((who, way if isinstance(way, dict) else {"scope": way}) for who, way in operation.spec.get("x-access", {}).items())
    return tuple((who, way["scope"], way.get("credential", "any")) for who, way in ways)


def idempotency(given: list[Given]) -> str | None:
    key = next((one for one in given if one.name == "Idempotency-Key"), None)
    return None if key is None else "required" if key.spec.get("required") else "optional"


def pages(operation: Operation) -> str | None:
    """`next_cursor` of the link `next: {parameters: {cursor: $response.body#/next_cursor}}`."""
    links = (one.spec.get("links", {}).get("next", {}) for one in operation.successes())
    cursors = (link["parameters"]["cursor"] for link in links if "cursor" in link.get("parameters", {}))
    return next((str(cursor).rpartition("#/")[2] for cursor in cursors), None)


def parameter(document: Document, given: Given, alias: str) -> str:
    written, schema = given.spec["schema"], document.resolve(given.spec["schema"])
    default = repr(written.get("default", schema.get("default")))
    return call(
        "Parameter",
        name=repr(given.name),
        where=repr(given.spec["in"]),
        argument=repr(snake(given.name)),
        alias=repr(alias),
        required=repr(bool(given.spec.get("required"))),
        many=repr(schema.get("type") == "array"),
        default=f"m.{referenced(written)}({default})" if "enum" in schema and default != "None" else default,
        schema=repr(f"{given.pointer}/schema"),
        by_document=repr(by_document(document, Schema(written, f"{given.pointer}/schema", "parameter"))),
    )


def bodies(document: Document, operation: Operation) -> list[str]:
    held = operation.spec.get("requestBody", {})
    return [
        call(
            "Body",
            media=repr(media),
            model=repr(referenced(content["schema"])),
            schema=repr(content["schema"]["$ref"].removeprefix("#")),
            required=repr(bool(held.get("required"))),
            by_document=repr(by_document(document, Schema(content["schema"], "", "request"))),
            max_bytes=repr(held.get("x-max-bytes", DEFAULT_MAX_BYTES)),
        )
        for media, content in held.get("content", {}).items()
    ]


def answer(document: Document, operation: Operation, told: Told) -> str:
    headers = {name: document.resolve(spec) for name, spec in told.spec.get("headers", {}).items()}
    own = {name: spec for name, spec in headers.items() if "x-edge" not in spec}
    return call(
        "Answer",
        status=repr(told.status),
        media=repr(told.media),
        reply=repr(class_name(operation, told)),
        schema=repr(told.schema_pointer),
        headers=repr(tuple((name, bool(spec.get("required"))) for name, spec in headers.items())),
        edge=repr(tuple(name for name in headers if name not in own)),
        constants=repr(tuple((name, spec["schema"]["const"]) for name, spec in own.items() if "const" in spec["schema"])),
    )


def call(record: str, **fields: str) -> str:
    """The source of a record; the comma at its end makes the formatter give each field a line."""
    return f"{record}({', '.join(f'{name}={value}' for name, value in fields.items())},)"
