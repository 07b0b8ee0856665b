"""Whether each part of the document around its schemas has an effect: servers, paths, parameters and headers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.contract.document import Document, pointer
from codegen.contract.names import snake
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types

DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/base")
# A segment is a name of unreserved characters (RFC 3986) or one variable.
SEGMENT = re.compile(r"[A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\}")
VARIABLE = re.compile(r"\{[^}]*\}")
# A token of HTTP that makes a Python name.
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
QUERY = re.compile(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*")
# OpenAPI ignores parameters of these names, and the server reads them by itself.
READ_BY_ITSELF = {"accept", "authorization", "content-type", "content-length", "host", "connection", "transfer-encoding", "expect"}
# The server writes these by itself.
SENT_BY_ITSELF = {"content-type", "content-length", "connection", "transfer-encoding", "date", "server", "keep-alive", "upgrade", "trailer"}


def servers(document: Document) -> Iterator[Breach]:
    """The server is at the root of its host, and schemas have one dialect."""
    root: Mapping[str, Any] = document.root
    for index, server in enumerate(root.get("servers", ())):
        if index or server.get("url") != "/" or set(server) - {"url", "description"}:
            remedy = "write `servers: [{url: /}]`, and let a proxy strip a base path"
            yield Breach("servers", pointer("servers", index), f"the server is at the root of one host: {remedy}")
    if root.get("jsonSchemaDialect", DIALECTS[0]) not in DIALECTS:
        yield Breach("dialect", pointer("jsonSchemaDialect"), "all schemas are JSON Schema 2020-12: leave jsonSchemaDialect out")


def paths(document: Document) -> Iterator[Breach]:
    """Each path is one of the dispatcher."""
    seen: dict[str, str] = {}
    for path in document.root.get("paths", {}):
        at = pointer("paths", path)
        segments = [] if path == "/" else path.split("/")[1:]
        for segment in segments:
            if not SEGMENT.fullmatch(segment) or segment in (".", ".."):
                shown = repr(segment) if segment else "an empty segment"
                yield Breach(
                    "path", at, f"{shown} of {path} is neither a name of letters, digits and . _ ~ - nor one {{variable}}: write one"
                )
        variables = VARIABLE.findall(path)
        if len(set(variables)) < len(variables):
            yield Breach("path", at, f"{path} has a variable twice: give each its own name")
        template = VARIABLE.sub("{}", path)
        if template in seen:
            yield Breach("path", at, f"{path} and {seen[template]} are the same path: merge them")
        seen.setdefault(template, path)


def parameters(document: Document) -> Iterator[Breach]:
    """Parameters that reach the handler, each under its own name."""
    for operation in document.operations():
        taken: dict[str, str] = {}
        for parameter in operation.parameters():
            name, where = parameter.name, parameter.spec["in"]
            if where != "query" and "array" in types(document.dereference(parameter.spec["schema"])):
                yield Breach("parameter", parameter.pointer, f"a list in the {where} is not supported: write a parameter of the query")
            if where == "header" and name.lower() in READ_BY_ITSELF:
                yield Breach(
                    "parameter", parameter.pointer, f"OpenAPI ignores a parameter {name}, and the server reads it by itself: remove it"
                )
            elif not (HEADER if where == "header" else QUERY).fullmatch(name):
                remedy = "write letters, digits and single hyphens or underscores, such as page-size"
                yield Breach("parameter", parameter.pointer, f"{name!r} makes no argument of a handler: {remedy}")
            elif (argument := snake(name)) in taken:
                yield Breach("parameter", parameter.pointer, f"{name} and {taken[argument]} are one argument, {argument}: rename one")
            taken.setdefault(snake(name), name)


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
                    yield Breach("header", at, f"{name!r} makes no member of a response: write letters, digits and single hyphens")
                elif (member := snake(name)) in taken:
                    yield Breach("header", at, f"{name} and {taken[member]} are one member, {member}: rename one")
                taken.setdefault(snake(name), name)


def responses(document: Document) -> Iterator[Breach]:
    """Responses that become classes of the SDK."""
    for operation in document.operations():
        for response in operation.successes():
            schema = document.dereference(response.schema or {"type": "object"})
            if types(schema) and not {"object", "array"} & set(types(schema)):
                yield Breach(
                    "type", f"{response.schema_pointer}", "a response is an object or a list: put the value into a member of an object"
                )
