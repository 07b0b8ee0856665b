"""Whether each part of the document around its schemas has an effect: servers, paths, parameters and headers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.contract.document import Document, Parameter, pointer
from codegen.contract.names import snake
from codegen.contract.servers import ORIGIN, addresses, base_path, path_of
from codegen.contract.servers import VARIABLE as VARIABLE_OF_SERVER
from codegen.lint.breaches import Breach
from codegen.lint.separators import may_be_empty, may_divide
from codegen.lint.shapes import types

DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base")
# A segment is texts and variables. The characters are those that all clients send as they are (RFC 3986, section 3.3).
SEGMENT = re.compile(r"(?:[A-Za-z0-9._~:@,;=+!*-]|\{[A-Za-z_][A-Za-z0-9_]*\})+")
VARIABLE = re.compile(r"\{[^}]*\}")
# A path of segments without variables, below a host or by itself.
ADDRESS = re.compile(rf"(?:{ORIGIN.pattern})?(?:/[A-Za-z0-9._~:@,;=+!*-]+)*/?")
# A token of HTTP (RFC 9110, section 5.6.2) with a letter in it.
HEADER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# OpenAPI ignores parameters of these names, and the server reads them by itself.
READ_BY_ITSELF = {"accept", "authorization", "content-type", "content-length", "host", "connection", "transfer-encoding", "expect"}
# The server writes these by itself.
SENT_BY_ITSELF = {"content-type", "content-length", "connection", "transfer-encoding", "date", "server", "keep-alive", "upgrade", "trailer"}


def servers(document: Document) -> Iterator[Breach]:
    """All servers have one path, on whatever hosts, and schemas have one dialect."""
    root: Mapping[str, Any] = document.root
    for index, server in enumerate(root.get("servers", ())):
        at = pointer("servers", index)
        yield from _variables(server, at)
        yield from _address(server, at, base_path(root))
    if root.get("jsonSchemaDialect", DIALECTS[0]) not in DIALECTS:
        yield Breach("dialect", pointer("jsonSchemaDialect"), "all schemas are JSON Schema 2020-12: leave jsonSchemaDialect out")


def _variables(server: Mapping[str, Any], at: str) -> Iterator[Breach]:
    used, variables = VARIABLE_OF_SERVER.findall(server["url"]), server.get("variables", {})
    for unknown in sorted(set(server) - {"url", "description", "variables"}):
        yield Breach("servers", at + pointer(unknown), f"`{unknown}` of a server has no effect: write url, description and variables")
    for name in dict.fromkeys([*used, *variables]):
        if name not in variables:
            yield Breach("servers", at, f"{{{name}}} has no entry in `variables`: write one with a `default`")
        elif name not in used:
            yield Breach(
                "servers", at + pointer("variables", name), f"{{{name}}} is not in the url: write it there, or remove the variable"
            )
        elif "enum" in (variable := variables[name]) and variable.get("default") not in variable["enum"]:
            below = at + pointer("variables", name)
            yield Breach("servers", below, f"the default of {name} is not among its values: write it into `enum`")


def _address(server: Mapping[str, Any], at: str, base: str) -> Iterator[Breach]:
    for address in addresses(server):
        path = path_of(address)
        if not ADDRESS.fullmatch(address) or {".", ".."} & set(path.split("/")):
            yield Breach("servers", at, f"{address} is no address of a server: write a path such as /v1, or https://api.example.com/v1")
        elif path != base:
            remedy = "write the same path for each, and a variable in the host alone"
            yield Breach("servers", at, f"the server is at {base or '/'} and at {path or '/'}, and the code serves one path: {remedy}")


def paths(document: Document) -> Iterator[Breach]:
    """Each path is one of the dispatcher."""
    seen: dict[str, str] = {}
    for path in document.root.get("paths", {}):
        at = pointer("paths", path)
        segments = [] if path == "/" else path.split("/")[1:]
        for segment in segments:
            if not SEGMENT.fullmatch(segment) or segment in (".", ".."):
                shown = repr(segment) if segment else "an empty segment"
                remedy = "write letters, digits, . _ ~ - : @ , ; = + ! * and {variables}, such as {id}:publish"
                yield Breach("path", at, f"{shown} of {path} is no text with variables: {remedy}")
            elif VARIABLE.search(segment) and not VARIABLE.fullmatch(segment):
                yield from _mixed(document, path, segment)
        variables = VARIABLE.findall(path)
        if len(set(variables)) < len(variables):
            yield Breach("path", at, f"{path} has a variable twice: give each its own name")
        template = VARIABLE.sub("{}", path)
        if template in seen:
            yield Breach("path", at, f"{path} and {seen[template]} are the same path: merge them")
        seen.setdefault(template, path)


def _mixed(document: Document, path: str, segment: str) -> Iterator[Breach]:
    """A segment of texts and variables can be divided in one way only."""
    at, texts, names = pointer("paths", path), VARIABLE.split(segment), [match[1:-1] for match in VARIABLE.findall(segment)]
    if not all(texts[1:-1]):
        yield Breach("path", at, f"nothing divides the variables of {segment}: write a text between them, such as {{year}}-{{month}}")
        return
    if all(text.isdigit() or not text for text in texts):
        yield Breach("path", at, f"the text of {segment} is a number, which a value can be, too: write another text")
    schemas = {
        (parameter.name, operation.id): parameter
        for operation in document.operations()
        if operation.path == path
        for parameter in operation.parameters()
        if parameter.spec["in"] == "path"
    }
    for (name, _), parameter in schemas.items():
        following = texts[names.index(name) + 1] if name in names[:-1] else None
        if following is not None and may_divide(document, parameter.spec["schema"], following):
            remedy = "give it an enum or a pattern without that text, or let an integer begin at 0"
            yield Breach("path", parameter.pointer, f"{following!r} divides {segment}, and a value of {name} may have it in it: {remedy}")


def parameters(document: Document) -> Iterator[Breach]:
    """Parameters that reach the handler, each under its own name."""
    for operation in document.operations():
        taken: dict[str, str] = {}
        for parameter in operation.parameters():
            if parameter.spec["in"] == "cookie":
                continue  # read by the server itself, and no argument of the handler
            name, where = parameter.name, parameter.spec["in"]
            yield from _style(document, parameter)
            if where == "header" and name.lower() in READ_BY_ITSELF:
                yield Breach(
                    "parameter", parameter.pointer, f"OpenAPI ignores a parameter {name}, and the server reads it by itself: remove it"
                )
            elif where == "header" and not HEADER.fullmatch(name):
                remedy = "write letters, digits and hyphens, such as X-Page-Size"
                yield Breach("parameter", parameter.pointer, f"{name!r} is no name of a header: {remedy}")
            elif not any(char.isalnum() for char in name):
                remedy = "write letters and digits, such as page-size"
                yield Breach("parameter", parameter.pointer, f"{name!r} makes no argument of a handler: {remedy}")
            elif taken.setdefault(name, where) != where:
                places = f"in the {taken[name]} and in the {where}"
                yield Breach("parameter", parameter.pointer, f"{name} is {places}, which would be one argument: rename one")


def _style(document: Document, parameter: Parameter) -> Iterator[Breach]:
    """An array can be divided in one way only, and nothing is said about a scalar that has no effect."""
    where, spec, schema = parameter.spec["in"], parameter.spec, document.dereference(parameter.spec["schema"])
    usual, is_list = "form" if where in ("query", "cookie") else "simple", "array" in types(schema)
    if spec.get("style", usual) != usual:
        remedy = f"leave it out, which is {usual}; an object goes into a body, or each of its members into a parameter"
        yield Breach("parameter", parameter.pointer + pointer("style"), f"`style: {spec['style']}` is not supported: {remedy}")
    if "explode" in spec and not (where == "query" and is_list):
        yield Breach("parameter", parameter.pointer + pointer("explode"), "`explode` has an effect on a list in the query alone: remove it")
    if not is_list or parameter.separator is None or "items" not in schema:
        return
    remedy = "give the elements an enum, or a pattern of at least one character without a comma"
    if where == "query":
        remedy += ", or leave `explode: false` out, so that the parameter is repeated"
    if may_divide(document, schema["items"], ","):
        yield Breach("parameter", parameter.pointer, f"commas divide the list {parameter.name}, and an element may have one: {remedy}")
    elif may_be_empty(document, schema["items"]):
        yield Breach("parameter", parameter.pointer, f"a list {parameter.name} of one empty text is written like an empty one: {remedy}")
    if where == "path" and not schema.get("minItems"):
        remedy = "write `minItems: 1`"
        yield Breach("parameter", parameter.pointer, f"an empty list {parameter.name} would be no segment of the path: {remedy}")


def headers(document: Document) -> Iterator[Breach]:
    """Response headers that the handler can set, each under its own name."""
    for operation in document.operations():
        for response in operation.responses():
            taken: dict[str, str] = {"body": "the body"}
            for name in response.spec.get("headers", {}):
                at = response.pointer + pointer("headers", name)
                if name.lower() in SENT_BY_ITSELF:
                    yield Breach("header", at, f"OpenAPI ignores a header {name}, or the server writes it by itself: remove it")
                elif not HEADER.fullmatch(name):
                    yield Breach("header", at, f"{name!r} is no name of a header: write letters, digits and hyphens")
                elif (member := snake(name)) in taken:
                    yield Breach("header", at, f"{name} and {taken[member]} are one member, {member}: rename one")
                taken.setdefault(snake(name), name)
