"""Each rule of the contract: a fragment that breaks it and its neighbour that keeps it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from codegen.contract.document import Document
from codegen.lint.descriptions import p16_described
from codegen.lint.examples import p16_true
from codegen.lint.findings import Finding
from codegen.lint.lint import RULES
from codegen.lint.operations import guards, naming, p11_parameters, p12_media, p15_headers, p17_links, p18_repetition, p19_deprecation
from codegen.lint.shapes import (
    p1_closed,
    p2_strings,
    p3_bounds,
    p4_patterns,
    p5_null,
    p6_complete,
    p7_names,
    p8_unions,
    p9_extension,
    p10_weak,
    p13_defaults,
    p14_conditions,
)
from tests.kit.codegen.contracts import answering, asking, operating, sending

Rule = Callable[[Document], Iterator[Finding]]
Json = dict[str, Any]

CODE = {"type": "string", "maxLength": 5, "pattern": "^[A-Z]*$"}
COUNT = {"type": "integer", "minimum": 0, "maximum": 9}
GOING = {"since": "2027-01-10", "sunset": "2027-09-01", "use": "findThing"}
LEAVING = {"deprecated": True, "x-deprecation": {**GOING, "use": "other"}}
WRITE = [{"oauth2": ["things:write"]}]


def closed(required: list[str] | None = None, **properties: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": required or [], "properties": properties}


def member(**changes: Any) -> Document:
    """A body with one member of such a schema."""
    return sending(closed(probe=changes))


def union(**changes: Any) -> Json:
    return {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}], **changes}


def page(next_operation: str) -> Document:
    cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
    links = {"next": {"operationId": next_operation, "parameters": {"cursor": "$response.body#/next_cursor"}}}
    content = {"application/json": {"schema": closed(next_cursor={"type": "string"})}}
    return operating(parameters=[cursor], responses={"200": {"description": "Some.", "content": content, "links": links}})


def replaced(announced: Json) -> Document:
    """A deprecated getThing beside findThing."""
    document = operating(deprecated=True, x_deprecation=announced)
    return Document({**document.root, "paths": {**document.root["paths"], "/all": {"get": {"operationId": "findThing"}}}})


def guarded(**access: str) -> Document:
    return operating(security=WRITE, x_access=access)


def made(**links: Json) -> Document:
    return operating("post", responses={"201": {"description": "It.", "content": {}, "links": links}})


def nested(outer: int, inner: int) -> Document:
    """A list of components that hold a list."""
    lists = {"type": "array", "items": {"$ref": "#/components/schemas/One"}, "maxItems": outer}
    return sending(closed(probe=lists), One=closed(counts={"type": "array", "items": COUNT, "maxItems": inner}))


def in_itself(most: int) -> Document:
    """A component that holds a list of itself."""
    return sending(
        {"$ref": "#/components/schemas/One"},
        One=closed(own={"type": "array", "items": {"$ref": "#/components/schemas/One"}, "maxItems": most}),
    )


TAGGED = {"propertyName": "kind", "mapping": {"one": "#/components/schemas/One", "two": "#/components/schemas/Two"}}
ONE, TWO = closed(["kind"], kind={"type": "string", "const": "one"}), closed(["kind"], kind={"type": "string", "const": "two"})
OWN = {"One": closed(["a"], a=COUNT), "Two": closed(["b"], b=COUNT)}
CONDITION = {"if": {"required": ["many"], "properties": {"many": {"minimum": 5}}}, "then": {"required": ["code"]}}
NULLABLE = closed(many=COUNT, code={**CODE, "type": ["string", "null"]})
ID = {"name": "thing_id", "in": "path", "required": True, "schema": COUNT}
ETAG = {"200": {"description": "It.", "headers": {"ETag": {"required": True, "schema": CODE}}}}

CASES: list[tuple[Rule, str, Document, Document]] = [
    (p1_closed, "closed", sending({"type": "object", "properties": {}}), sending(closed())),
    (
        p1_closed,
        "maps",
        member(type="object", additionalProperties=CODE),
        member(type="object", additionalProperties=CODE, maxProperties=3, propertyNames=CODE),
    ),
    (p2_strings, "length", answering({"type": "string"}), answering({"type": "string", "maxLength": 9})),
    (p2_strings, "form", member(type="string", maxLength=9), member(**CODE)),
    (p2_strings, "anchors", member(**{**CODE, "pattern": "[A-Z]"}), member(**{**CODE, "pattern": "^[A-Z]$"})),
    (p2_strings, "NUL in a class", member(**{**CODE, "pattern": "^[^a]*$"}), member(**{**CODE, "pattern": r"^[^\u0000a]*$"})),
    (p2_strings, "NUL by a dot", member(**{**CODE, "pattern": "^.*$"}), member(**{**CODE, "pattern": r"^[.]\.$"})),
    (
        p2_strings,
        "what only the compiler reads",
        operating(parameters=[{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}]),
        operating(parameters=[{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "x-edge": "etag"}]),
    ),
    (p3_bounds, "integers", member(type="integer", minimum=0), member(**COUNT)),
    (p3_bounds, "size", member(type="integer", minimum=0, maximum=2**53), member(type="integer", minimum=0, maximum=2**53 - 1)),
    (p3_bounds, "fractions", member(type="number"), member(**COUNT)),
    (p3_bounds, "int64", member(**COUNT, format="int64"), member(**COUNT)),
    (p3_bounds, "arrays", member(type="array", items=COUNT), member(type="array", items=COUNT, maxItems=3)),
    (p3_bounds, "elements", member(type="array", items=COUNT, maxItems=1001), member(type="array", items=COUNT, maxItems=1000)),
    (p3_bounds, "elements of lists in a list", nested(30, 34), nested(30, 33)),
    (p3_bounds, "elements of a list in itself", in_itself(2), in_itself(1)),
    (
        p3_bounds,
        "elements that are answered",
        member(type="array", items=COUNT, maxItems=1001),
        answering(closed(["probe"], probe={"type": "array", "items": COUNT, "maxItems": 1001})),
    ),
    (
        p3_bounds,
        "members of a map",
        member(type="object", additionalProperties=COUNT, maxProperties=1001, propertyNames=CODE),
        member(type="object", additionalProperties=COUNT, maxProperties=1000, propertyNames=CODE),
    ),
    (p4_patterns, "classes", member(**{**CODE, "pattern": r"^\d$"}), member(**{**CODE, "pattern": "^[0-9]$"})),
    (p4_patterns, "lookaround", member(**{**CODE, "pattern": "^(?!a)b$"}), member(**{**CODE, "pattern": "^(?:a)b$"})),
    (p4_patterns, "years", member(type="string", format="date-time"), member(type="string", format="date-time", pattern="^[12][0-9]{3}-")),
    (p5_null, "component", sending({**CODE, "type": ["string", "null"]}), member(**{**CODE, "type": ["string", "null"]})),
    (p5_null, "enum", member(type=["string", "null"], enum=["a"]), member(type="string", enum=["a"])),
    (
        p5_null,
        "branch",
        member(oneOf=[CODE, {"type": "null"}]),
        sending(closed(probe={"oneOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]}), One=ONE),
    ),
    (p5_null, "member of an enum", member(enum=["a", None]), member(enum=["a"])),
    (p6_complete, "answers", answering(closed(probe=COUNT)), answering(closed(["probe"], probe=COUNT))),
    (p6_complete, "requests", answering(closed(probe=COUNT)), sending(closed(probe=COUNT))),
    (p7_names, "enum", member(type="string", enum=["a"]), sending({"type": "string", "enum": ["a"]})),
    (
        p7_names,
        "items",
        member(type="array", items=CODE),
        sending(closed(probe={"type": "array", "items": {"$ref": "#/components/schemas/One"}}), One=CODE),
    ),
    (p7_names, "numbers", member(const=5), member(const="5")),
    (p8_unions, "anyOf", member(anyOf=[COUNT]), member(**COUNT)),
    (p8_unions, "not", member(**{**COUNT, "not": {"const": 5}}), member(**COUNT)),
    (
        p8_unions,
        "constants",
        sending(union(discriminator=TAGGED), One=ONE, Two=closed(kind=CODE)),
        sending(union(discriminator=TAGGED), One=ONE, Two=TWO),
    ),
    (
        p8_unions,
        "mapping",
        sending(union(discriminator={"propertyName": "kind"}), One=ONE, Two=TWO),
        sending(union(discriminator=TAGGED), One=ONE, Two=TWO),
    ),
    (p8_unions, "own member", sending(union(), One=OWN["One"], Two=OWN["One"]), sending(union(), **OWN)),
    (p8_unions, "answers", answering(union(), **OWN), sending(union(), **OWN)),
    (p8_unions, "branches", member(oneOf=[COUNT, CODE]), sending(union(), **OWN)),
    (
        p9_extension,
        "allOf",
        answering({"allOf": [closed(), closed()]}),
        answering({"allOf": [{"$ref": "#/components/schemas/One"}, {"type": "object"}], "unevaluatedProperties": False}, One=ONE),
    ),
    (p10_weak, "keywords", member(type="array", prefixItems=[COUNT]), member(type="array", items=COUNT)),
    (p10_weak, "types", member(type=["string", "integer"]), member(type=["string", "null"])),
    (p10_weak, "booleans", sending({"type": "object", "properties": {"probe": True}}), member(**COUNT)),
    (
        p11_parameters,
        "cookies",
        asking({"name": "a", "in": "cookie", "schema": COUNT}),
        asking({"name": "a", "in": "query", "schema": COUNT}),
    ),
    (
        p11_parameters,
        "style",
        asking({"name": "a", "in": "query", "style": "deepObject", "schema": COUNT}),
        asking({"name": "a", "in": "query", "schema": COUNT}),
    ),
    (
        p11_parameters,
        "objects",
        asking({"name": "a", "in": "query", "schema": closed()}),
        asking({"name": "a", "in": "query", "schema": {"type": "array", "items": CODE}}),
    ),
    (
        p11_parameters,
        "times",
        asking({"name": "A", "in": "header", "schema": {"type": "string", "format": "date-time"}}),
        asking({"name": "a", "in": "query", "schema": {"type": "string", "format": "date-time"}}),
    ),
    (p11_parameters, "path", asking(path="/things/{thing_id}"), asking(ID, path="/things/{thing_id}")),
    (
        p12_media,
        "two",
        operating("post", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}, "text/csv": {"schema": {"$ref": "#"}}}}),
        operating("post", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}}}),
    ),
    (
        p12_media,
        "patch",
        operating("patch", requestBody={"content": {"application/json": {"schema": {"$ref": "#"}}}}),
        operating("patch", requestBody={"content": {"application/merge-patch+json": {"schema": {"$ref": "#"}}}}),
    ),
    (
        p12_media,
        "component",
        operating(responses={"200": {"description": "It.", "content": {"application/json": {"schema": COUNT}}}}),
        operating(responses={"200": {"description": "It.", "content": {"application/json": {"schema": {"$ref": "#"}}}}}),
    ),
    (p13_defaults, "required", sending(closed(["probe"], probe={**COUNT, "default": 1})), sending(closed(probe={**COUNT, "default": 1}))),
    (p13_defaults, "valid", member(**COUNT, default=10), member(**COUNT, default=9)),
    (p13_defaults, "component", sending({**COUNT, "default": 1}), sending(COUNT)),
    (
        p13_defaults,
        "parameter",
        asking({"name": "A", "in": "header", "schema": {**COUNT, "default": 1}}),
        asking({"name": "a", "in": "query", "schema": {**COUNT, "default": 1}}),
    ),
    (
        p14_conditions,
        "absent",
        sending({**closed(many=COUNT), "if": {"properties": {"many": {"minimum": 5}}}, "then": {}}),
        sending({**closed(many={**COUNT, "default": 6}), "if": {"properties": {"many": {"minimum": 5}}}, "then": {}}),
    ),
    (
        p14_conditions,
        "null",
        sending({**NULLABLE, **CONDITION}),
        sending({**NULLABLE, **CONDITION, "then": {"required": ["code"], "properties": {"code": {"type": "string"}}}}),
    ),
    (
        p15_headers,
        "optional",
        operating(responses={"200": {"description": "It.", "headers": {"Link": {"description": "The next page.", "schema": CODE}}}}),
        operating(
            responses={"200": {"description": "It.", "headers": {"Link": {"description": "Missing on the last page.", "schema": CODE}}}}
        ),
    ),
    (p16_described, "words", member(**COUNT, examples=[1]), member(**COUNT, examples=[1], description="How many.")),
    (p16_described, "examples", member(**COUNT, description="How many."), member(**COUNT, examples=[1], description="How many.")),
    (
        p16_described,
        "parameters",
        asking({"name": "a", "in": "query", "schema": COUNT}),
        asking({"name": "a", "in": "query", "description": "How many.", "example": 5, "schema": COUNT}),
    ),
    (p16_true, "schemas", member(**COUNT, examples=[10]), member(**COUNT, examples=[9])),
    (
        p16_true,
        "formats",
        member(type="string", format="uuid", examples=["no"]),
        member(type="string", format="uuid", examples=["01a2027b-d680-7000-8000-000000000001"]),
    ),
    (
        p16_true,
        "parameters",
        asking({"name": "a", "in": "query", "example": "x", "schema": COUNT}),
        asking({"name": "a", "in": "query", "example": 1, "schema": COUNT}),
    ),
    (p17_links, "pages", page("listThings"), page("getThing")),
    (p17_links, "what was made", made(), made(get={"operationId": "getThing", "parameters": {}})),
    (p17_links, "operations", made(get={"operationId": "getNothing"}), made(get={"operationId": "getThing"})),
    (
        p17_links,
        "parameters",
        made(get={"operationId": "getThing", "parameters": {"id": 1}}),
        made(get={"operationId": "getThing", "parameters": {}}),
    ),
    (
        p18_repetition,
        "POST",
        operating("post", security=[{"oauth2": []}]),
        operating("post", security=[{"oauth2": []}], x_safe=True),
    ),
    (
        p18_repetition,
        "versions",
        operating("put", "/things/{thing_id}", parameters=[ID], responses=ETAG),
        operating("put", "/things/{thing_id}", parameters=[ID, {"name": "If-Match", "in": "header", "schema": CODE}], responses=ETAG),
    ),
    (p19_deprecation, "operation", operating(deprecated=True), replaced(GOING)),
    (p19_deprecation, "words", replaced({**GOING, "reason": "old"}), replaced(GOING)),
    (p19_deprecation, "days", replaced({**GOING, "since": "soon"}), replaced(GOING)),
    (p19_deprecation, "180 days", replaced({**GOING, "sunset": "2027-07-08"}), replaced({**GOING, "sunset": "2027-07-09"})),
    (p19_deprecation, "successor", replaced({**GOING, "use": "sendThing"}), replaced(GOING)),
    (p19_deprecation, "another", replaced({**GOING, "use": "getThing"}), replaced(GOING)),
    (
        p19_deprecation,
        "a member instead",
        sending(closed(probe={**COUNT, **LEAVING})),
        sending(closed(probe={**COUNT, **LEAVING}, other=COUNT)),
    ),
    (p19_deprecation, "member", sending(closed(probe={**COUNT, "x-deprecation": {}})), member(**COUNT)),
    (naming, "operationId", operating(operationId="GetThing"), operating(operationId="getThing")),
    (naming, "tag", operating(tags=["others"]), operating(tags=["things"])),
    (naming, "summary", operating(summary="A thing."), operating(summary="A thing")),
    (
        guards,
        "ids",
        operating(path="/things/{thing_id}", security=[]),
        operating(path="/things/{thing_id}", security=[], x_access={"anyone": "none"}),
    ),
    (
        guards,
        "scopes",
        operating(security=WRITE, x_access={"owner": "things:read"}),
        operating(security=WRITE, x_access={"owner": "things:write"}),
    ),
    (
        guards,
        "credential",
        operating(security=WRITE, x_access={"owner": {"scope": "things:write", "credential": "old"}}),
        operating(security=WRITE, x_access={"owner": {"scope": "things:write", "credential": "fresh"}}),
    ),
    (guards, "known scopes", operating(security=[{"oauth2": ["things:burn"]}]), operating(security=[{"oauth2": ["things:write"]}])),
    (guards, "schemes", operating(security=[{"basic": []}]), operating(security=[{"oauth2": []}])),
]


def shown(part: object) -> str:
    return part if isinstance(part, str) else getattr(part, "__name__", "")


@pytest.mark.parametrize(("rule", "_", "wrong", "right"), CASES, ids=shown)
def test_a_rule_finds_the_breach_and_leaves_its_neighbour_alone(rule: Rule, _: str, wrong: Document, right: Document) -> None:
    assert [finding.message for finding in rule(right)] == []
    assert list(rule(wrong)) != []


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, *_ in CASES} == set(RULES)
