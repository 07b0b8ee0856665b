"""operations.py: the contract as data, for the compiler, the binder and the tests of the contract."""

from collections.abc import Iterator

from codegen.contract.deprecations import deprecation, headers
from codegen.contract.document import Document, Node, Operation, Parameter, Response, referenced, schema_field
from codegen.contract.enforcement import by_document
from codegen.contract.media import is_stream
from codegen.contract.names import attributes, schema_class, snake
from codegen.contract.schemas import Schema, is_enumeration, reached
from codegen.contract.servers import base_path
from codegen.server.params import aliases
from codegen.server.responses import class_name
from codegen.server.sizes import item_limit, limits
from codegen.server.text import Source, call, tuple_of

TOP = """
from steelyard_contract import models as m
from steelyard_contract.records import ResponseSpec as ResponseSpec
from steelyard_contract.records import Body as Body
from steelyard_contract.records import Deprecation as Deprecation
from steelyard_contract.records import Operation as Operation
from steelyard_contract.records import Parameter as Parameter
"""


def render(document: Document) -> str:
    """The module."""
    names = aliases(document)
    rows = "".join(f"    {operation.id!r}: {record(document, operation, names)},\n" for operation in document.operations())
    base = f'# What comes before all paths: the path of `servers`.\nBASE_PATH = "{base_path(document.root)}"\n'
    keys = {name: (scheme["in"], scheme["name"]) for name, scheme in document.components("securitySchemes").items() if "in" in scheme}
    base += f"\n# Where a request has the API key of a security scheme. The others are tokens.\nKEYS: dict[str, tuple[str, str]] = {keys}\n"
    return f"{TOP}\n{base}\nOPERATIONS: dict[str, Operation] = {{\n{rows}}}\n"


def record(document: Document, operation: Operation, names: dict[tuple[str, str], str]) -> Source:
    spec, parameters = operation.spec, [each for each in operation.parameters() if not each.edge]
    taken = ("body", "media") if len(operation.offers) > 1 else ("body",)
    arguments = attributes((each.name for each in parameters), taken=taken)
    return call(
        "Operation",
        id=operation.id,
        method=operation.method.upper(),
        path=operation.path,
        tag=snake(spec["tags"][0]),
        handler=snake(operation.id),
        security=tuple(tuple((scheme, tuple(scopes)) for scheme, scopes in way.items()) for way in operation.security),
        access=access(operation),
        rate_class=operation.rate_class,
        idempotency=idempotency(parameters),
        pages=pages(operation),
        revalidates="304" in spec["responses"],
        deprecation=deprecated(document, operation),
        navigates=operation.navigates,
        parameters=tuple_of(parameter(document, each, arguments[each.name], names[operation.id, each.name]) for each in parameters),
        bodies=tuple_of(bodies(document, operation)),
        responses=tuple_of(response_spec(document, operation, each) for each in operation.representations()),
        problems=tuple(operation.problems()),
        problem_media=tuple(operation.problem_media),
        pointer=operation.pointer,
    )


def deprecated(document: Document, operation: Operation) -> Source | None:
    announcement = deprecation(operation.spec)
    if announcement is None:
        return None
    constants = {name: header["schema"]["const"] for name, header in headers(announcement).items() if "const" in header["schema"]}
    path = next(other.path for other in document.operations() if other.id == announcement.use)
    return call("Deprecation", headers=tuple(constants.items()), use=announcement.use, path=path)


def access(operation: Operation) -> tuple[tuple[str, str, str], ...]:
    """(who, scope, credential) of x-access, whose short form is the scope alone."""
    ways = ((who, way if isinstance(way, dict) else {"scope": way}) for who, way in operation.spec.get("x-access", {}).items())
    return tuple((who, way["scope"], way.get("credential", "any")) for who, way in ways)


def idempotency(parameters: list[Parameter]) -> str | None:
    key = next((parameter for parameter in parameters if parameter.name == "Idempotency-Key"), None)
    return None if key is None else "required" if key.spec.get("required") else "optional"


def pages(operation: Operation) -> str | None:
    """`next_cursor` of the link `next: {parameters: {cursor: $response.body#/next_cursor}}`."""
    links = (response.spec.get("links", {}).get("next", {}) for response in operation.successes())
    cursors = (link["parameters"]["cursor"] for link in links if "cursor" in link.get("parameters", {}))
    return next((str(cursor).rpartition("#/")[2] for cursor in cursors), None)


def parameter(document: Document, parameter: Parameter, argument: str, alias: str) -> Source:
    written, at = parameter.spec["schema"], f"{parameter.pointer}/schema"
    schema = document.dereference(written)
    default = written.get("default", schema.get("default"))
    return call(
        "Parameter",
        name=parameter.name,
        where=parameter.spec["in"],
        argument=argument,
        alias=alias,
        required=bool(parameter.spec.get("required")),
        many=schema.get("type") == "array",
        separator=parameter.separator if schema.get("type") == "array" else None,
        default=Source(f"m.{schema_class(str(referenced(written)))}({default!r})")
        if is_enumeration(schema) and default is not None
        else default,
        schema=at,
        by_document=by_document(document, Schema(written, at, "parameter")),
    )


def bodies(document: Document, operation: Operation) -> Iterator[Source]:
    held = operation.spec.get("requestBody", {})
    for media, content in held.get("content", {}).items():
        max_bytes, max_values = limits(document, media, held)
        schema = content[schema_field(content)]
        yield call(
            "Body",
            media=media,
            model=schema_class(str(referenced(schema))),
            branches=branches(document, schema),
            schema=schema["$ref"].removeprefix("#"),
            required=bool(held.get("required")),
            by_document=by_document(document, Schema(schema, "", "request")),
            max_bytes=max_bytes,
            max_values=max_values,
            **({"max_item_bytes": item_limit(document, schema)} if is_stream(media) else {}),
        )


def branches(document: Document, schema: Node) -> tuple[tuple[str, str], ...]:
    """The pointers and models of a body that is a union."""
    union = document.dereference(schema).get("oneOf", ())
    if any("$ref" not in branch for branch in union):
        return ()  # one of them is null
    refs = [str(branch["$ref"]) for branch in union]
    return tuple((ref.removeprefix("#"), schema_class(ref.rpartition("/")[2])) for ref in refs)


def response_spec(document: Document, operation: Operation, response: Response) -> Source:
    headers = {name: document.dereference(spec) for name, spec in response.spec.get("headers", {}).items()}
    own = {name: spec for name, spec in headers.items() if "x-edge" not in spec}
    return call(
        "ResponseSpec",
        status=response.status,
        media=response.media,
        class_name=class_name(operation, response),
        schema=response.schema_pointer,
        headers=tuple((name, bool(spec.get("required"))) for name, spec in headers.items()),
        edge=tuple(name for name in headers if name not in own),
        constants=tuple((name, spec["schema"]["const"]) for name, spec in own.items() if "const" in spec["schema"]),
        is_secret=is_secret(document, response),
    )


def is_secret(document: Document, response: Response) -> bool:
    """Whether the body has a member with `x-secret`, at any depth."""
    if response.schema_pointer is None:
        return False
    root = Schema(document.get(response.schema_pointer), response.schema_pointer, "response")
    return any("x-secret" in schema.node for schema in reached(document, [root]))
