"""Edits of the contract, each with its level for callers: the test table for programs that compare contracts.

A place is a list of words. The first is an operationId, the name of a schema, or a key of the document.
"""

import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from codegen.compat.changes import Level

Json = Any
Change = Callable[[Json], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a bundle, and its level."""

    name: str
    level: Level
    change: Change

    def of(self, document: Json) -> Json:
        """The edited document."""
        edited = copied(document)
        self.change(edited)
        assert edited != document, f"{self.name}: the document has not changed"
        return edited


def copied(document: Json) -> Json:
    """A deep copy, made in half the time."""
    return pickle.loads(pickle.dumps(document))


def put(place: str, value: Json) -> Change:
    """Set the value at a place."""

    def change(document: Json) -> None:
        holder, last = _holder(document, place)
        holder[int(last) if isinstance(holder, list) else last] = deepcopy(value)

    return change


def prepend(place: str, key: str, value: Json) -> Change:
    """Put a key before the others of a place."""

    def change(document: Json) -> None:
        holder, last = _holder(document, place)
        holder[last] = {key: deepcopy(value), **holder[last]}

    return change


def drop(place: str) -> Change:
    """Remove the value at a place."""

    def change(document: Json) -> None:
        holder, last = _holder(document, place)
        del holder[int(last) if isinstance(holder, list) else last]

    return change


def add(place: str, *values: Json) -> Change:
    """Append to a list."""

    def change(document: Json) -> None:
        holder, last = _holder(document, place)
        holder[last].extend(deepcopy(values))

    return change


def rename(old: str, new: str) -> Change:
    """Replace a text everywhere."""

    def change(document: Json) -> None:
        text = json.dumps(document)
        assert old in text, f"{old} does not occur"
        document.update(json.loads(text.replace(old, new)))

    return change


def all_of(*changes: Change) -> Change:
    """Several changes at once, where a single one would leave an inconsistent document."""

    def change(document: Json) -> None:
        for edit in changes:
            edit(document)

    return change


def _holder(document: Json, place: str) -> tuple[Json, str]:
    *way, last = place.split(" ")
    node = _start(document, way.pop(0)) if way else document
    for step in way:
        node = node[int(step) if isinstance(node, list) else step]
    return node, last


def _start(document: Json, name: str) -> Json:
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and operation.get("operationId") == name:
                return operation
    return document["components"]["schemas"].get(name) or document[name]


FREE = r"^[^\u0000]*$"
TEXT = {"type": "string", "maxLength": 20, "pattern": FREE}
LOCALE = {"name": "locale", "in": "query", "description": "The language of titles.", "example": "de", "schema": TEXT}
NEW_OPERATION = {
    "operationId": "pingServer",
    "tags": ["system"],
    "summary": "Ping",
    "security": [],
    "responses": {"204": {"description": "Yes."}},
}
BODY = "requestBody content application/json"
PROBLEMS = "content application/problem+json schema"
PASSWORD = "components securitySchemes oauth2 flows password"

EDITS = [
    # -- operations
    Edit("an operation is removed", "breaking", drop("paths /items/{item_id} delete")),
    Edit("a path is removed", "breaking", drop("paths /public-data")),
    Edit("an operation is added", "addition", put("paths /ping", {"get": NEW_OPERATION})),
    Edit("an operation moves to another path", "breaking", rename('"/orders/quote"', '"/quotes"')),
    Edit("an operationId is changed", "breaking", put("getItem operationId", "readItem")),
    Edit("an operation moves to another tag", "breaking", put("getItem tags", ["orders"])),
    Edit(
        "a variable of a path is renamed",
        "breaking",
        all_of(rename("/{item_id}", "/{product_id}"), put("components parameters ItemId name", "product_id")),
    ),
    Edit("a summary is rewritten", "wording", put("getItem summary", "One item")),
    Edit("a description is rewritten", "wording", put("createOrder description", "Buy.")),
    Edit("an operation is deprecated", "addition", put("getItem deprecated", True)),
    Edit("a rate class is stricter", "breaking", put("getItem x-rate-class", "quote")),
    Edit("a rate class is wider", "addition", put("quoteOrder x-rate-class", "default")),
    Edit("a rate class is another of those for single operations", "breaking", put("quoteOrder x-rate-class", "mail")),
    Edit("a rate class no longer limits", "addition", put("getItem x-rate-class", "none")),
    Edit("a member is never sent any more", "breaking", put("ItemCreate properties sku readOnly", True)),
    Edit("a member is never returned any more", "breaking", put("Item properties sku writeOnly", True)),
    Edit("a member is marked as one that is never sent, where none was", "wording", put("Item properties sku readOnly", True)),
    Edit("a member is always null", "breaking", put("Item properties sku", {"type": "null"})),
    Edit("an operation is no longer safe to repeat", "breaking", drop("quoteOrder x-safe")),
    Edit("an operation becomes safe to repeat", "addition", put("createItem x-safe", True)),
    Edit("a link is removed", "wording", drop("createItem responses 201 links")),
    Edit("the link to the next page is removed", "breaking", drop("listItems responses 200 links next")),
    Edit(
        "the link to the next page has another cursor",
        "breaking",
        put("listOrders responses 200 links next parameters cursor", "$response.body#/after"),
    ),
    # -- parameters
    Edit("a query parameter is removed", "breaking", drop("listItems parameters 3")),
    Edit("a header parameter is removed", "breaking", drop("createOrder parameters 0")),
    Edit("an optional parameter is added", "addition", add("listItems parameters", LOCALE)),
    Edit("a required parameter is added", "breaking", add("listItems parameters", {**LOCALE, "required": True})),
    Edit("a parameter becomes required", "breaking", put("components parameters OptionalIdempotencyKey required", True)),
    Edit("a parameter becomes optional", "addition", put("components parameters IdempotencyKey required", False)),
    Edit("the style of a parameter is changed", "breaking", put("listItems parameters 3 style", "spaceDelimited")),
    Edit("a parameter gets another name", "breaking", put("listItems parameters 3 name", "wording")),
    Edit("the case of a header's name is changed", "wording", put("components parameters IdempotencyKey name", "idempotency-key")),
    Edit("a default is removed", "breaking", drop("components parameters Limit schema default")),
    Edit("a parameter moves from query to header", "breaking", put("listItems parameters 3 in", "header")),
    Edit("a path id becomes text", "breaking", put("components parameters ItemId schema", {"type": "string", "format": "uuid"})),
    Edit("a default is changed", "breaking", put("components parameters Limit schema default", 50)),
    Edit("the default of an enum is changed", "breaking", put("listItems parameters 10 schema default", "price")),
    Edit("a parameter gets a default", "breaking", put("listItems parameters 8 schema default", True)),
    Edit("a maximum of a parameter is lowered", "breaking", put("components parameters Limit schema maximum", 50)),
    Edit("a maximum of a parameter is raised", "addition", put("components parameters Limit schema maximum", 200)),
    Edit("the example of a parameter is changed", "wording", put("components parameters Limit example", 10)),
    # -- bodies
    Edit("a body is removed", "breaking", drop("createItem requestBody")),
    Edit("an optional body is added", "addition", put("deleteItem requestBody", {"content": {"application/json": {"schema": TEXT}}})),
    Edit(
        "a required body is added",
        "breaking",
        put("deleteItem requestBody", {"required": True, "content": {"application/json": {"schema": TEXT}}}),
    ),
    Edit("a body becomes optional", "addition", put("createItem requestBody required", False)),
    Edit("the media type of a body is changed", "breaking", rename("application/merge-patch+json", "application/json-patch+json")),
    Edit("a media type of a body is added", "addition", put("createItem requestBody content text/csv", {"schema": TEXT})),
    Edit("the maximum size of a body is lowered", "breaking", put("createItem requestBody x-max-bytes", 65536)),
    Edit("the maximum size of a body is raised", "addition", put("createItem requestBody x-max-bytes", 8388608)),
    Edit("an optional member of a body is added", "addition", put("ItemCreate properties colour", TEXT)),
    Edit(
        "a required member of a body is added",
        "breaking",
        all_of(put("ItemCreate properties colour", TEXT), add("ItemCreate required", "colour")),
    ),
    Edit("a member of a body is removed", "breaking", drop("ItemCreate properties category")),
    Edit("a member of a body becomes required", "breaking", add("ItemCreate required", "category")),
    Edit("a member of a body becomes optional", "addition", put("CancelOrder required", [])),
    Edit("the default of a member is changed", "breaking", put("ItemCreate properties status default", "draft")),
    Edit(
        "a member that was required gets a default",
        "addition",
        all_of(put("BasketLine required", ["product_id"]), put("BasketLine properties quantity default", 1)),
    ),
    Edit("a maximum length is lowered", "breaking", put("ChangePassword properties new_password maxLength", 64)),
    Edit("a maximum length is raised", "addition", put("CancelOrder properties reason maxLength", 400)),
    Edit("a minimum length is raised", "breaking", put("ChangePassword properties new_password minLength", 12)),
    Edit("a minimum number of items is raised", "breaking", put("BasketOrder properties lines minItems", 2)),
    Edit("a maximum number of items is raised", "addition", put("BasketOrder properties lines maxItems", 80)),
    Edit("a minimum without effect is added", "wording", put("ItemCreate properties tags minItems", 0)),
    Edit("a pattern of a request accepts fewer values", "breaking", put("ItemCreate properties sku pattern", "^[A-Z0-9._-]{1,64}$")),
    Edit("a pattern of a request accepts more values", "addition", put("ItemCreate properties sku pattern", FREE)),
    Edit("a pattern of a request accepts other values", "breaking", put("ItemCreate properties sku pattern", "^#[a-z]+$")),
    Edit("a pattern is written differently", "wording", put("ItemCreate properties category pattern", "^(?:[0-9a-z]+-)*[0-9a-z]+$")),
    Edit("a pattern is added to a request", "breaking", put("Email pattern", "^[a-z@.]+$")),
    Edit("the format of a request is removed", "breaking", drop("Email format")),
    Edit("items of a request must be unique", "breaking", put("ItemCreate properties image_urls uniqueItems", True)),
    Edit("items of a request need not be unique", "addition", drop("ItemPatch properties tags uniqueItems")),
    Edit("null is accepted", "addition", put("ItemCreate properties sku type", ["string", "null"])),
    Edit("null is no longer accepted", "breaking", put("ItemPatch properties category type", "string")),
    Edit("an enum of a request gets a value", "addition", add("ItemStatusInput enum", "archived")),
    Edit("an enum of a request loses a value", "breaking", put("ItemStatusInput enum", ["active"])),
    Edit("a request may have further members", "addition", put("CancelOrder additionalProperties", True)),
    Edit("a request may be empty", "addition", drop("ItemPatch minProperties")),
    Edit(
        "a rule about two members is added",
        "breaking",
        all_of(put("ItemCreate if", {"required": ["sku"]}), put("ItemCreate then", {"required": ["category"]})),
    ),
    Edit("a rule about two members is removed", "addition", all_of(drop("SingleItemOrder if"), drop("SingleItemOrder then"))),
    Edit("a rule applies more often", "breaking", put("SingleItemOrder if properties quantity exclusiveMinimum", 50)),
    Edit("a rule applies less often", "addition", put("SingleItemOrder if properties quantity exclusiveMinimum", 200)),
    Edit("a rule gets an else branch", "breaking", put("StockMovementCreate else", {"properties": {"delta": {"maximum": 1}}})),
    Edit("a rule demands more", "breaking", put("StockMovementCreate then properties delta minimum", 5)),
    Edit("the message of a rule is rewritten", "wording", put("SingleItemOrder then x-message msg", "Many need a code")),
    Edit("a form of a body is added", "addition", add("OrderCreate oneOf", {"$ref": "#/components/schemas/CancelOrder"})),
    Edit("a form of a body is removed", "breaking", drop("OrderCreate oneOf 1")),
    # -- responses
    Edit("a member of a response is added", "addition", all_of(put("Item properties colour", TEXT), add("Item required", "colour"))),
    Edit("a member of a response is removed", "breaking", all_of(drop("Item properties owner_id"), drop("Item required 1"))),
    Edit("a member of a response may be missing", "breaking", drop("Item required 1")),
    Edit(
        "a member of a response is renamed",
        "breaking",
        all_of(put("OrderLine properties article", TEXT), drop("OrderLine properties title")),
    ),
    Edit("a member of a response may be null", "breaking", put("Item properties title type", ["string", "null"])),
    Edit("a member of a response is never null", "addition", put("UserPublic properties bio type", "string")),
    Edit(
        "a reference of a response may be null",
        "breaking",
        put("Order properties total", {"oneOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]}),
    ),
    Edit("a member of a response changes its type", "breaking", put("Token properties expires_in", {"type": "string", "maxLength": 9})),
    Edit("a maximum length of a response is raised", "breaking", put("UserPublic properties name maxLength", 200)),
    Edit("a maximum length of a response is lowered", "addition", put("UserPublic properties name maxLength", 80)),
    Edit("a minimum of a response is lowered", "breaking", put("ItemPage properties total minimum", -1)),
    Edit("a pattern of a response accepts more values", "breaking", put("Token properties scope pattern", FREE)),
    Edit(
        "a pattern of a response accepts fewer values", "addition", put("Token properties refresh_token pattern", "^syr_[A-Za-z0-9]{43}$")
    ),
    Edit("the format of a response is removed", "breaking", drop("Timestamp format")),
    Edit("an enum of a response gets a value", "breaking", add("OrderStatus enum", "lost")),
    Edit("an enum of a response loses a value", "addition", put("ComponentStatus enum", ["ok"])),
    Edit("an enum becomes free text", "breaking", put("components schemas PaymentProvider", {"type": "string", "maxLength": 50})),
    Edit("a pattern of requests and responses accepts fewer values", "breaking", put("Tag pattern", "^[a-z]+$")),
    Edit("items of a response need not be unique", "breaking", drop("Item properties tags uniqueItems")),
    Edit("a response may have further members", "breaking", put("Money additionalProperties", True)),
    Edit("a form of a response is added", "breaking", add("UserView oneOf", {"$ref": "#/components/schemas/Address"})),
    Edit("examples are changed", "wording", put("Item properties title examples", ["Lamp"])),
    Edit("a description of a member is rewritten", "wording", put("Money properties amount description", "Cents.")),
    Edit("a component is renamed", "wording", rename('ItemStatus"', 'ListingStatus"')),
    Edit(
        "a reference is replaced by its schema",
        "wording",
        put("UserPublic properties id", {"type": "integer", "minimum": 1, "maximum": 9007199254740991}),
    ),
    Edit("the order of members changes", "wording", put("Price required", ["currency", "amount"])),
    Edit("a member is deprecated", "addition", put("Item properties category deprecated", True)),
    # -- statuses, headers, media types
    Edit("a success gets another status", "breaking", rename('"204"', '"205"')),
    Edit("a success is removed", "breaking", drop("createItem responses 201")),
    Edit("a success is added", "breaking", put("createItem responses 202", {"description": "Later."})),
    Edit("revalidation is removed", "breaking", drop("getItem responses 304")),
    Edit("revalidation is added", "addition", put("getRoot responses 304", {"description": "The same."})),
    Edit("a media type of a response is added", "addition", put("getRoot responses 200 content text/csv", {"schema": TEXT})),
    Edit(
        "callers without Accept get another media type", "breaking", prepend("getRoot responses 200 content", "text/csv", {"schema": TEXT})
    ),
    Edit("the media type of a response is changed", "breaking", put("getRoot responses 200 content", {"text/html": {"schema": TEXT}})),
    Edit("a header is removed", "breaking", drop("getItem responses 200 headers ETag")),
    Edit(
        "a header is added", "addition", put("getItem responses 200 headers Age", {"required": True, "description": "Old.", "schema": TEXT})
    ),
    Edit("a header may be missing", "breaking", put("components headers ETag required", False)),
    Edit("a header is always sent", "addition", put("components headers Link required", True)),
    Edit("a header accepts other values", "breaking", put("components headers ETag schema maxLength", 99)),
    Edit("a description of a header is rewritten", "wording", put("components headers ETag description", "The version.")),
    # -- problems
    Edit(
        "a problem is added to an operation",
        "addition",
        add(f"createOrder responses 409 {PROBLEMS} oneOf", {"$ref": "#/components/schemas/SkuTakenProblem"}),
    ),
    Edit(
        "a problem with a new status is added",
        "addition",
        put("getCurrentUser responses 409", {"$ref": "#/components/responses/OpenOrders"}),
    ),
    Edit("a problem is removed from an operation", "addition", drop(f"createOrder responses 409 {PROBLEMS} oneOf 0")),
    Edit("a media type of problems is removed", "breaking", drop("issueToken responses 400 content application/json")),
    Edit("the media type of problems is changed", "breaking", rename("application/problem+json", "application/json")),
    Edit("all problems of a status are removed", "addition", drop("createOrder responses 409")),
    Edit("a problem gets another type", "breaking", rename("/problems/sku-taken", "/problems/sku-in-use")),
    Edit(
        "a problem gets another status",
        "breaking",
        all_of(
            put("createItem responses 418", {"$ref": "#/components/responses/SkuTaken"}),
            drop(f"createItem responses 409 {PROBLEMS} oneOf 0"),
        ),
    ),
    Edit("the detail of a problem is rewritten", "wording", put("SkuTakenProblem properties detail const", "Another has it")),
    Edit(
        "a member of a problem is added",
        "addition",
        all_of(put("OpenOrdersProblem properties hint", TEXT), add("OpenOrdersProblem required", "hint")),
    ),
    Edit(
        "a member of a problem is removed",
        "breaking",
        all_of(drop("InsufficientStockProblem properties items"), drop("InsufficientStockProblem required 5")),
    ),
    Edit("a member of a problem outside all operations is removed", "breaking", drop("NotFoundProblem properties instance")),
    # -- security
    Edit("a login is required", "breaking", put("listItems security", [{"oauth2": []}])),
    Edit("another scope is required", "breaking", put("createItem security", [{"oauth2": ["orders:write"]}])),
    Edit("a further scope is required", "breaking", put("createItem security", [{"oauth2": ["items:write", "orders:write"]}])),
    Edit("a security alternative is removed", "breaking", drop("cancelOrder security 1")),
    Edit("a security alternative is added", "addition", add("listOrders security", {"oauth2": ["sales:write"]})),
    Edit("a login is no longer required", "addition", put("listOrders security", [])),
    Edit("the order of security alternatives changes", "wording", put("listItems security", [{"oauth2": []}, {}])),
    Edit("fewer roles may call an operation", "breaking", drop("getOrder x-access support")),
    Edit("more roles may call an operation", "addition", put("updateItem x-access support", "items:write")),
    Edit("a fresh login is required", "breaking", put("updateAddress x-access self", {"scope": "account:write", "credential": "fresh"})),
    Edit("a scope is removed from the scheme", "breaking", drop(f"{PASSWORD} scopes items:write")),
    Edit("a scope is added to the scheme", "addition", put(f"{PASSWORD} scopes items:read", "See")),
    Edit("the description of a scope is rewritten", "wording", put(f"{PASSWORD} scopes items:write", "Sell")),
    Edit("the token URL is changed", "breaking", put(f"{PASSWORD} tokenUrl", "login")),
    Edit("an unused security scheme is added", "wording", put("components securitySchemes basic", {"type": "http", "scheme": "basic"})),
    # -- laws
    Edit("the law of a filter is withdrawn", "breaking", drop("listItems parameters 3 x-filter")),
    Edit("a filter compares otherwise", "breaking", put("listItems parameters 6 x-filter", {"after": "price/amount"})),
    Edit("a filter minds case", "breaking", drop("listItems parameters 3 x-filter case")),
    Edit("the law of a filter is added", "addition", put("listUsers parameters 3 x-filter", {"equals": "id"})),
    Edit("ties are broken otherwise", "breaking", put("listItems parameters 10 x-order price", ["price/amount", "-id"])),
    Edit("a member may change", "breaking", drop("Item x-immutable 1")),
    Edit("a further member never changes", "addition", add("Item x-immutable", "sku")),
    Edit("a sum is withdrawn", "breaking", drop("Order x-sum total/amount")),
    Edit("a sum is added", "addition", put("OrderSummary x-sum", {"units": ["units"]})),
    Edit("a value works more than once", "breaking", drop("TokenRequest properties refresh_token x-once")),
    Edit("the case of a login counts", "breaking", drop("TokenRequest properties username x-case")),
    Edit(
        "responses may be stored for longer", "breaking", put("components headers Cache-Control x-cache anonymous", "public, max-age=600")
    ),
    Edit("the elements of a list have another order", "breaking", put("User properties addresses x-order", ["-id"])),
    # -- the document
    Edit("the default security is changed, and every operation has its own", "wording", put("security", [{"oauth2": ["orders:write"]}])),
    Edit("a server is added", "addition", add("servers", {"url": "/v1"})),
    Edit("the dialect of schemas is changed", "breaking", put("jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema")),
    Edit("the URL of the server is changed", "breaking", put("servers 0 url", "/v2")),
    Edit("the description of a tag is rewritten", "wording", put("tags 0 description", "People.")),
    Edit("the description of the document is rewritten", "wording", put("info description", "A shop.")),
]
