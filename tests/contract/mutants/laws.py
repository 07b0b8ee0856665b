"""Mutants that break laws, and promises that no schema states. Each must be noticed over HTTP alone, by the rule that it breaks."""

import gzip
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, update

import steelyard.contract.api
import steelyard.contract.edge
import steelyard.contract.http.etags
import steelyard.contract.operation
import steelyard.features.items.editing
import steelyard.features.items.search
import steelyard.features.users.reading
import steelyard.features.users.search
from steelyard.contract.edge import Edge
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.operation import CompiledOperation
from steelyard.db.statements import statement
from steelyard.features.auth import queries as logins
from steelyard.features.auth import sessions
from steelyard.features.items import service as items
from steelyard.features.users import service as users
from steelyard.paging.cursors import Cursors
from steelyard.tables.credentials import refresh_tokens
from steelyard_contract.operations import OPERATIONS, Operation
from tests.contract.mutants.effects import everywhere
from tests.contract.mutants.operators import Plant, mutant
from tests.contract.mutants.requests import other_size
from tests.contract.mutants.seams import Json, on_handler, on_json, on_response, swap, with_header

# Their imports are replaced, too.
OPERATION_MODULE: Any = steelyard.contract.operation
ITEMS: Any = items

# Operator -> what `--url` must report: operation and rule, each a part of the text, and the tests that are likely to do so.
REPORTED: dict[str, tuple[str, str, str]] = {}


def law(text: str, operation: str, rule: str, tests: str) -> Callable[[Plant], Plant]:
    """Registers a mutant of the whole server, and how a run over HTTP reports it."""

    def register(plant: Plant) -> Plant:
        REPORTED[plant.__name__.replace("_", " ")] = (operation, rule, tests)
        return mutant("law", text)(plant)

    return register


def arguments(operation_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Calls the handler with other arguments."""

    def around(handler: Any) -> Any:
        async def changed(**named: Any) -> Any:
            return await handler(**{**named, **change(named)})

        return changed

    on_handler(OPERATIONS[operation_id], around)


def in_json(operation_id: str, change: Callable[[Json], Json]) -> None:
    on_json(OPERATIONS[operation_id], change)


def edge_headers(change: Callable[[list[tuple[bytes, bytes]]], None]) -> None:
    plain = Edge.complete

    def complete(self: Any, trace: Any, headers: Any) -> None:
        plain(self, trace, headers)
        change(headers)

    swap(Edge, "complete", complete)


# -- values that work once, names ----------------------------------------------------------------------------------------
@law("a refresh token works twice", "issueToken", "x-once of refresh_token", "works_once")
def reused_refresh_token(_: Operation) -> None:
    used = update(refresh_tokens).where(refresh_tokens.c.token_hash == bindparam("token_hash"))
    again = used.values(used_at=bindparam("now", type_=refresh_tokens.c.used_at.type)).returning(refresh_tokens.c.credential_id)
    swap(logins, "use_refresh_token", statement(again, int))


@law("a login minds the case of the address", "issueToken", "x-case of username", "the_case")
def login_with_case(_: Operation) -> None:
    plain = sessions.log_in

    async def log_in(db: Any, tx: Any, tools: Any, *, username: str, **rest: Any) -> Any:
        known = username if username == username.lower() else f"x{username}"
        return await plain(db, tx, tools, username=known, **rest)

    swap(sessions, "log_in", log_in)


@law("two accounts have one address, in different cases", "createUser", "x-unique of email", "unique_value")
def address_with_case(_: Operation) -> None:
    plain = users.create_user

    async def create_user(tx: Any, *, draft: Any, **rest: Any) -> Any:
        is_other = draft.email != draft.email.lower()
        return await plain(tx, draft=draft.model_copy(update={"email": f"x{draft.email}"}) if is_other else draft, **rest)

    swap(users, "create_user", create_user)


@law("article numbers are compared without case", "createItem", "x-unique of sku", "unique_value")
def sku_without_case(_: Operation) -> None:
    plain = ITEMS.new_fields

    def new_fields(draft: Any) -> Any:
        fields = plain(draft)
        return fields._replace(sku=fields.sku and fields.sku.lower())

    swap(ITEMS, "new_fields", new_fields)


@law("all responses have one request id", "", "breaks 'x-unique'", "a_listing and listItems")
def one_request_id(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        headers[:] = [(name, b"01a2027b-d680-7000-8000-000000000001" if name == b"x-request-id" else value) for name, value in headers]

    edge_headers(change)


# -- filters and orders --------------------------------------------------------------------------------------------------
@law("a lower bound is exclusive", "listItems", "x-filter of min_price (at-least: price/amount)", "a_listing and listItems")
def exclusive_minimum(_: Operation) -> None:
    arguments("listItems", lambda sent: {"min_price": sent["min_price"] and sent["min_price"] + 1})


@law("an upper bound is exclusive", "listItems", "x-filter of max_price (at-most: price/amount)", "a_listing and listItems")
def exclusive_maximum(_: Operation) -> None:
    arguments("listItems", lambda sent: {"max_price": sent["max_price"] and sent["max_price"] - 1})


@law("a moment is inclusive", "listOrders", "x-filter of created_after (after: created_at)", "a_listing and listOrders")
def inclusive_moment(_: Operation) -> None:
    step = timedelta(microseconds=1)
    arguments("listOrders", lambda sent: {"created_after": sent["created_after"] and sent["created_after"] - step})


@law("a search minds case", "listItems", "x-filter of search", "a_listing and listItems")
def search_with_case(_: Operation) -> None:
    swap(steelyard.features.items.search, "fold", lambda text: text)


@law("a search finds items with one of its words", "listItems", "x-filter of search", "a_listing and listItems")
def any_word(_: Operation) -> None:
    arguments("listItems", lambda sent: {"search": sent["search"] and (sent["search"].split() or [sent["search"]])[0]})


@law("a search for accounts minds case", "listUsers", "x-filter of q", "a_listing and listUsers")
def user_search_with_case(_: Operation) -> None:
    for module in (steelyard.features.users.search, steelyard.features.users.reading):
        swap(module, "fold", lambda text: text)


@law("sold-out items are all items", "listItems", "x-filter of in_stock", "a_listing and listItems")
def sold_out_is_all(_: Operation) -> None:
    arguments("listItems", lambda sent: {"in_stock": sent["in_stock"] or None})


@law("a seller lists what they bought", "listOrders", "x-filter of role", "a_listing and listOrders")
def always_buyer(_: Operation) -> None:
    arguments("listOrders", lambda sent: {"role": type(sent["role"]).buyer})


@law("prices descend in the order of ids", "listItems", "x-order of sort=-price", "a_listing and listItems")
def ascending_prices(_: Operation) -> None:
    arguments("listItems", lambda sent: {"sort": type(sent["sort"])("price") if sent["sort"].value == "-price" else sent["sort"]})


@law("the oldest movement comes first", "listStockMovements", "breaks 'x-order'", "stock or Stock")
def oldest_first(_: Operation) -> None:
    in_json("listStockMovements", lambda body: body | {"items": body["items"][::-1]})


@law("a list repeats its last row on the next page", "", "pages of any size", "pages_of_any_size and listItems")
def repeated_row(_: Operation) -> None:
    plain = Cursors.seal

    def seal(self: Any, operation_id: str, filters: Any, position: list[Any]) -> Any:
        return plain(self, operation_id, filters, [*position[:-1], position[-1] + (1 if _is_descending(filters) else -1)])

    swap(Cursors, "seal", seal)


def _is_descending(filters: Any) -> bool:
    sort = filters.get("sort")
    return sort is None or str(getattr(sort, "value", sort)).startswith("-")


# -- sums and members that never change ----------------------------------------------------------------------------------
@law("a total is a cent off", "", "breaks 'x-sum'", "has_its_effect and createOrder")
def wrong_total(_: Operation) -> None:
    in_json("createOrder", lambda body: body | {"total": {**body["total"], "amount": body["total"]["amount"] + 1}})


@law("the total of a list is a cent off", "listOrders", "total", "a_listing and listOrders")
def wrong_total_in_list(_: Operation) -> None:
    def change(body: Json) -> Json:
        return body | {"items": [row | {"total": {**row["total"], "amount": row["total"]["amount"] + 1}} for row in body["items"]]}

    in_json("listOrders", change)


@law("an edit moves created_at", "", "breaks 'x-immutable' of Item: created_at", "has_its_effect and updateItem")
def moved_created_at(_: Operation) -> None:
    in_json("updateItem", lambda body: body | {"created_at": body["updated_at"].replace("Z", "") + "Z"})


# -- what may be stored --------------------------------------------------------------------------------------------------
@law("private responses are public", "", "Cache-Control: breaks 'x-cache'", "a_listing and listOrders")
def public_private(_: Operation) -> None:
    swap(OPERATION_MODULE, "_PRIVATE", (b"cache-control", b"public, max-age=60"))


@law("problems may be stored", "", "Cache-Control: breaks 'x-cache'", "a_404")
def stored_problems(_: Operation) -> None:
    swap(OPERATION_MODULE, "_NOT_STORED", (b"cache-control", b"public, max-age=60"))


@law("Vary lacks Authorization", "", "Vary: breaks 'x-cache'", "a_listing and listItems")
def vary_of_nothing(_: Operation) -> None:
    plain = CompiledOperation.__init__

    def init(self: Any, *positional: Any, **named: Any) -> None:
        plain(self, *positional, **named)
        self._vary = (b"vary", b"Origin")

    swap(CompiledOperation, "__init__", init)


@law("responses are compressed, which no caller accepts", "", "content-encoding: is sent", "a_listing and listItems")
def unwanted_gzip(_: Operation) -> None:
    def change(response: RawResponse) -> RawResponse:
        return with_header(response._replace(body=gzip.compress(response.body)), b"content-encoding", b"gzip")

    on_response(OPERATIONS["getItem"], change)


@law("Retry-After is zero", "", "Retry-After: breaks 'minimum'", "overload")
def retry_at_once(_: Operation) -> None:
    plain = OPERATION_MODULE.render_problem

    def render(*problem: Any) -> RawResponse:
        response = plain(*problem)
        has_it = any(name == b"retry-after" for name, _ in response.headers)
        return with_header(response, b"retry-after", b"0") if has_it else response

    swap(OPERATION_MODULE, "render_problem", render)


# -- writes --------------------------------------------------------------------------------------------------------------
def patched(change: Callable[[Any, Any], dict[str, Any]]) -> None:
    plain = steelyard.features.items.editing.apply_patch

    def apply_patch(fields: Any, patch: Any) -> Any:
        after = plain(fields, patch)
        return after._replace(**change(fields, after))

    everywhere("apply_patch", plain, apply_patch)


@law("a patch appends to a list", "updateItem", "the merge patch replaces", "has_its_effect and updateItem")
def appended_tags(_: Operation) -> None:
    patched(lambda before, after: {"tags": [*before.tags, *(tag for tag in after.tags if tag not in before.tags)]})


@law("null in a patch changes nothing", "updateItem", "the merge patch sets category", "has_its_effect and updateItem")
def kept_category(_: Operation) -> None:
    patched(lambda before, after: {"category": after.category or before.category})


@law("a patch clears what it does not have", "updateItem", "a merge patch keeps", "has_its_effect and updateItem")
def cleared_category(_: Operation) -> None:
    patched(lambda before, after: {"category": None if after.category == before.category else after.category})


@law("a PUT keeps what is left out", "updateUser", "that is left out gets its default", "has_its_effect and updateUser")
def kept_bio(_: Operation) -> None:
    kept: dict[int, Any] = {}

    def change(body: Json) -> Json:
        kept[body["id"]] = kept.get(body["id"]) if body["bio"] is None else body["bio"]
        return body | {"bio": kept[body["id"]]}

    in_json("updateUser", change)


@law("a member that is left out has another default", "createItem", "that is left out gets its default", "has_its_effect and createItem")
def other_default(_: Operation) -> None:
    in_json("createItem", lambda body: body | {"description": body["description"] or "None yet."})


@law("a page has another default size", "listItems", "a missing parameter means its default", "missing_parameter and listItems")
def other_page_size(_: Operation) -> None:
    other_size(OPERATIONS["listItems"])


def delayed(operation_id: str) -> None:
    """Responses of half a second ago, by caller and path."""
    kept: dict[Any, tuple[float, RawResponse]] = {}
    respond = CompiledOperation._respond

    async def late(self: Any, context: Any, limit_headers: Any, outer: Any) -> RawResponse:
        if self.operation.id != operation_id:
            return await respond(self, context, limit_headers, outer)
        key = (context.scope["path"], context.scope["query_string"], dict(context.scope["headers"]).get(b"authorization"))
        since, stored = kept.get(key, (0.0, None))
        if stored is None or time.monotonic() - since > 0.5:
            fresh = await respond(self, context, limit_headers, outer)
            kept[key] = (time.monotonic(), fresh._replace(headers=list(fresh.headers)))
            return fresh
        await respond(self, context, limit_headers, outer)  # the same checks
        return stored._replace(headers=list(stored.headers))

    swap(CompiledOperation, "_respond", late)


@law("a read is half a second old", "updateItem", "x-read (getItem returns at once", "has_its_effect and updateItem")
def late_read(_: Operation) -> None:
    delayed("getItem")


@law("a list is half a second old", "listItems", "x-read (listItems has at once", "a_list_shows and Item")
def late_list(_: Operation) -> None:
    delayed("listItems")


@law("Location leads nowhere", "createItem", "Location leads to the resource", "has_its_effect and createItem")
def unreadable_location(_: Operation) -> None:
    on_response(OPERATIONS["createItem"], lambda response: with_header(response, b"location", b"/items/9007199254740991"))


# -- tags and callers ----------------------------------------------------------------------------------------------------
@law("an ETag ignores a member", "updateItem", "ETag changes with", "has_its_effect and updateItem")
def tag_without_a_member(_: Operation) -> None:
    sent: dict[str, bytes] = {}

    def change(response: RawResponse) -> RawResponse:
        body = json.loads(response.body)
        rest = json.dumps({name: value for name, value in body.items() if name not in {"category", "version", "updated_at"}})
        return with_header(response, b"etag", sent.setdefault(rest, dict(response.headers)[b"etag"]))

    for name in ("getItem", "updateItem"):
        on_response(OPERATIONS[name], change)


@law("a 304 for the tag of another caller", "", "If-None-Match compares", "a_tag_is and getItem")
def foreign_tag(_: Operation) -> None:
    plain, known = steelyard.contract.http.etags.is_not_modified, set[str]()

    def is_not_modified(if_none_match: str, current: str) -> bool:
        known.add(current)
        return plain(if_none_match, current) or if_none_match in known

    swap(steelyard.contract.http.etags, "is_not_modified", is_not_modified)


@law("a 404 says more to a stranger than to an anonymous caller", "getItem", "exactly as if it did not exist", "a_404 and getItem")
def talkative_404(_: Operation) -> None:
    plain: Any = CompiledOperation._respond
    render = OPERATION_MODULE.render_problem
    known = set[str]()

    async def respond(self: Any, context: Any, *rest: Any) -> Any:
        try:
            return await plain(self, context, *rest)
        finally:
            if context.caller is not None:
                known.add(context.request_id)

    def talkative(problem: Any, request_id: str, *media: str) -> RawResponse:
        response: RawResponse = render(problem, request_id, *media)
        if response.status == 404 and request_id in known:
            return response._replace(body=response.body.replace(b'"Item not found"', b'"Item not found, or a draft"'))
        return response

    swap(CompiledOperation, "_respond", respond)
    swap(OPERATION_MODULE, "render_problem", talkative)


@law("HEAD has another length than GET", "", "HEAD has the content-length", "head_has")
def shorter_head(_: Operation) -> None:
    plain = OPERATION_MODULE.send_response

    async def send_response(response: RawResponse, scope: Any, send: Any) -> None:
        await plain(response._replace(body=response.body[:-1]) if scope["method"] == "HEAD" else response, scope, send)

    swap(OPERATION_MODULE, "send_response", send_response)
