"""A law that no test could be made from is refused with what to write; the same law with the right names is accepted."""

from typing import Any

import pytest

from codegen.contract import extensions
from codegen.contract.document import Document
from codegen.contract.laws import LAWS, factors
from codegen.lint.laws import filters, objects

Json = dict[str, Any]
COUNT = {"type": "integer", "minimum": 0, "maximum": 9}
NAME = {"type": "string", "maxLength": 9}
MONEY = {"type": "object", "properties": {"amount": COUNT}}
LINE = {"type": "object", "properties": {"price": COUNT, "quantity": COUNT, "name": NAME}}
ARTICLE = {"id": COUNT, "name": NAME, "sold": {"type": "boolean"}, "total": {"$ref": "#/components/schemas/Money"}}
LINES = {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}


def document(
    *, parameter: Json | None = None, article: Json | None = None, body: Json | None = None, lines: Json | None = None
) -> Document:
    """A shop with a listing, a read and a write."""
    properties = {**ARTICLE, "lines": {**LINES, **(lines or {})}}
    reads: Json = {"x-read": {"operationId": "getThing", "parameters": {"thing_id": "id"}}} if article and "x-immutable" in article else {}
    schemas: Json = {
        "Thing": {"type": "object", "properties": properties, **reads, **(article or {})},
        "Page": {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
        "ThingCreate": {"type": "object", "properties": {"name": {**NAME, **(body or {})}, "sold": {"type": "boolean"}}},
        "ThingTakenProblem": {"type": "object"},
        "Money": MONEY,
        "Line": LINE,
    }

    def success(name: str) -> Json:
        return {"200": {"description": "It.", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}}

    sort = {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["id", "-id"]}, **(parameter or {})}
    thing_id = {"name": "thing_id", "in": "path", "required": True, "schema": COUNT}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ThingCreate"}}}
    paths: Json = {
        "/things": {
            "get": {"operationId": "listThings", "parameters": [sort], "responses": success("Page")},
            "post": {"operationId": "createThing", "requestBody": {"content": content}, "responses": success("Thing")},
        },
        "/things/{thing_id}": {"get": {"operationId": "getThing", "parameters": [thing_id], "responses": success("Thing")}},
    }
    return Document({"paths": paths, "components": {"schemas": schemas}})


def read(**changes: Any) -> Json:
    return {"article": {"x-read": {"operationId": "getThing", "parameters": {"thing_id": "id"}, **changes}}}


CASES: list[tuple[Json, Json, str]] = [
    ({"parameter": {"x-filter": {"equals": "nome"}}}, {"parameter": {"x-filter": {"equals": "name"}}}, "nome is no member"),
    (
        {"parameter": {"x-filter": {"at-least": "total"}}},
        {"parameter": {"x-filter": {"at-least": "total/amount"}}},
        "does not compare total",
    ),
    ({"parameter": {"x-filter": {"words": ["sold"]}}}, {"parameter": {"x-filter": {"words": ["name"]}}}, "does not compare sold"),
    (
        {"parameter": {"x-filter": {"caller": {"me": "id"}}}},
        {"parameter": {"x-filter": {"caller": {"id": "id"}}}},
        "me is no value of sort",
    ),
    (
        {"parameter": {"x-filter": {"positive": "id"}}},
        {"parameter": {"x-filter": {"positive": "id"}, "schema": {"type": "boolean"}}},
        "no boolean",
    ),
    ({"parameter": {"x-order": {"id": ["id"]}}}, {"parameter": {"x-order": {"id": ["id"], "-id": ["-id"]}}}, "each of its values: id, -id"),
    (
        {"parameter": {"x-order": {"id": ["age"], "-id": ["-id"]}}},
        {"parameter": {"x-order": {"id": ["total/amount", "id"], "-id": ["-id"]}}},
        "age is no member",
    ),
    ({"lines": {"x-order": ["-age"]}}, {"lines": {"x-order": ["-price"]}}, "age is no member of the elements"),
    ({"lines": {"x-order": {"id": ["id"]}}}, {"lines": {"x-order": ["price"]}}, "has a list of keys"),
    ({"article": {"x-sum": {"total": ["id"]}}}, {"article": {"x-sum": {"total/amount": ["id"]}}}, "total is no number"),
    (
        {"article": {"x-sum": {"total/amount": ["lines/*/price * lines/*/amount"]}}},
        {"article": {"x-sum": {"total/amount": ["lines/*/price * lines/*/quantity", "-id"]}}},
        "lines/*/amount is no member",
    ),
    ({"article": {"x-sum": {"lines/*/price": ["id"]}}}, {"article": {"x-sum": {"id": ["lines/*/price"]}}}, "no single member"),
    ({"article": {"x-immutable": ["age"]}}, {"article": {"x-immutable": ["id", "lines/*/name"]}}, "age is no member"),
    ({"article": {"x-immutable": ["id"], "x-read": {"operationId": "x"}}}, {"article": {"x-immutable": ["id"]}}, "no operation that reads"),
    (read(parameters={}), read(), "needs thing_id"),
    (read(parameters={"thing_id": "age"}), read(parameters={"thing_id": "id"}), "age is no member"),
    (read(at="items"), read(at="lines"), "items is no list in the response of getThing"),
    ({"body": {"x-unique": True}}, {"body": {"x-unique": {"problem": "ThingTaken"}}}, "in requests it names its problem"),
    ({"body": {"x-unique": {"problem": "Taken"}}}, {"body": {"x-unique": {"problem": "ThingTaken"}}}, "no problem Taken"),
    (
        {"body": {"x-once": {"from": "createThing/token", "problem": "ThingTaken"}}},
        {"body": {"x-once": {"from": "createThing/name", "problem": "ThingTaken"}}},
        "createThing/token does not exist",
    ),
    ({"body": {"x-case": "ignored", "type": "integer"}}, {"body": {"x-case": "ignored"}}, "only a text has a case"),
]


@pytest.mark.parametrize(("wrong", "right", "message"), CASES, ids=[message for *_, message in CASES])
def test_a_law_names_what_exists(wrong: Json, right: Json, message: str) -> None:
    messages = [breach.message for rule in (filters, objects) for breach in rule(document(**wrong))]

    assert [breach.message for rule in (filters, objects) for breach in rule(document(**right))] == []
    assert message in "\n".join(messages)


VALUES: list[tuple[str, Any, Any]] = [
    ("x-filter", {"equals": "a", "at-least": "b"}, {"equals": "a", "case": "ignored"}),
    ("x-filter", {"above": "a"}, {"after": "a/b"}),
    ("x-filter", {"case": "ignored"}, {"words": ["a"]}),
    ("x-order", "-a", ["-a", "b/c"]),
    ("x-order", [], {"-a": ["-a"]}),
    ("x-case", "any", "ignored"),
    ("x-unique", False, True),
    ("x-unique", {"case": "ignored"}, {"problem": "Taken", "case": "ignored"}),
    ("x-sum", {"a": ["b *"]}, {"a": ["-b * c/d"]}),
    ("x-sum", {"a": "b"}, {"a": ["b"]}),
    ("x-immutable", True, ["id"]),
    ("x-once", {"from": "issue", "problem": "Used"}, {"from": "issue/token", "problem": "Used"}),
    ("x-read", "getThing", {"operationId": "getThing"}),
    ("x-cache", {"credential": "no-store"}, {"credential": "a", "anonymous": "b", "otherwise": "c"}),
]


@pytest.mark.parametrize(("law", "wrong", "right"), VALUES)
def test_the_value_of_a_law_is_checked(law: str, wrong: Any, right: Any) -> None:
    assert extensions.complaint(law, right) is None
    assert f"Write {LAWS[law][1]}" in (extensions.complaint(law, wrong) or "")


def test_every_law_has_a_case() -> None:
    assert {law for law, *_ in VALUES} == set(LAWS)


def test_a_term_is_a_product_of_members() -> None:
    assert factors("-lines/*/price * lines/*/quantity") == ["lines/*/price", "lines/*/quantity"]
