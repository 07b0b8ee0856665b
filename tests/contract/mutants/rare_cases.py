"""Further mutants that a run over HTTP must notice alone: combinations of promises, and values that few requests have."""

from contextvars import ContextVar
from datetime import UTC
from typing import Any

import steelyard.paging.cursors
from steelyard.contract.request.violations import violation
from steelyard.features.auth import sessions
from steelyard_contract import problems
from steelyard_contract.operations import OPERATIONS, Operation
from tests.contract.mutants.laws import arguments, edge_headers, in_json, law
from tests.contract.mutants.operators import OPERATORS
from tests.contract.mutants.seams import on_handler, swap

CURSORS: Any = steelyard.paging.cursors
LISTED = "a_listing and listItems"


# -- filters, orders and pages together ----------------------------------------------------------------------------------
@law("of two bounds only the first is compared", "listItems", "x-filter of min_price and max_price together", LISTED)
def one_bound_of_two(_: Operation) -> None:
    arguments("listItems", lambda sent: {"max_price": sent["max_price"] if sent["min_price"] is None else None})


@law("a filtered list has another order", "listItems", "x-order of sort=", LISTED)
def filtered_in_another_order(_: Operation) -> None:
    arguments("listItems", lambda sent: {"sort": type(sent["sort"])("-created_at") if sent["category"] else sent["sort"]})


@law("the second page lacks a filter", "listItems", "x-filter of ", LISTED)
def unfiltered_page(_: Operation) -> None:
    sign, dropped = CURSORS._sign, ("category", "min_price", "max_price")

    def signed(key: bytes, operation_id: str, filters: Any, payload: bytes) -> Any:
        return sign(key, operation_id, {name: value for name, value in filters.items() if name not in dropped}, payload)

    swap(CURSORS, "_sign", signed)
    arguments("listItems", lambda sent: dict.fromkeys(dropped) if sent["cursor"] else {})


@law("the total ignores the filters", "listItems", "total counts the rows", LISTED)
def total_of_all(_: Operation) -> None:
    is_filtered = ContextVar("is_filtered", default=False)

    def note(sent: dict[str, Any]) -> dict[str, Any]:
        is_filtered.set(sent["category"] is not None)
        return {}

    arguments("listItems", note)
    in_json("listItems", lambda body: body | {"total": body["total"] and body["total"] + is_filtered.get()})


@law("a page has one row less than its limit", "", "pages of any size", "pages_of_any_size and listItems")
def shorter_page(_: Operation) -> None:
    arguments("listItems", lambda sent: {"limit": max(1, sent["limit"] - 1)})


@law("the offset of a moment is ignored", "listOrders", "x-filter of created_after (after: created_at)", "a_listing and listOrders")
def moment_without_offset(_: Operation) -> None:
    arguments("listOrders", lambda sent: {"created_after": sent["created_after"] and sent["created_after"].replace(tzinfo=UTC)})


# -- values that few requests have ---------------------------------------------------------------------------------------
@law("a value of an enumeration is rejected", "recordStockMovement", "the body may have reason", "has_its_effect and recordStockMovement")
def rejected_reason(_: Operation) -> None:
    def refuse(sent: dict[str, Any]) -> dict[str, Any]:
        if sent["body"].reason.value == "customer_return":
            raise problems.ValidationFailed(errors=[violation("enum", ("body", "reason"), "Input should be another one")], truncated=False)
        return {}

    arguments("recordStockMovement", refuse)


@law("an empty text is stored as null", "updateUser", "the body sets bio", "has_its_effect and updateUser")
def empty_is_null(_: Operation) -> None:
    in_json("updateUser", lambda body: body | {"bio": body["bio"] or None})


@law("a note is trimmed", "recordStockMovement", "the body sets note", "has_its_effect and recordStockMovement")
def trimmed_note(_: Operation) -> None:
    in_json("recordStockMovement", lambda body: body | {"note": body["note"] and body["note"].strip()})


@law("a password matches in another case", "issueToken", "a secret is compared exactly", "secret")
def password_without_case(_: Operation) -> None:
    plain = sessions.log_in

    async def log_in(db: Any, tx: Any, tools: Any, *, password: str, **rest: Any) -> Any:
        try:
            return await plain(db, tx, tools, password=password, **rest)
        except problems.InvalidCredentials:
            return await plain(db, tx, tools, password=password.swapcase(), **rest)

    swap(sessions, "log_in", log_in)


# -- repeated requests ---------------------------------------------------------------------------------------------------
@law("a repeated key orders again", "createOrder", "Idempotency-Key takes effect once", "takes_effect_once and createOrder")
def key_without_effect(operation: Operation) -> None:
    OPERATORS["ignored keys"].plant(operation)


@law("a second DELETE succeeds", "deleteAddress", "a deleted resource is a 404", "is_gone and deleteAddress")
def deleted_twice(_: Operation) -> None:
    def around(handler: Any) -> Any:
        async def deleting(**sent: Any) -> Any:
            try:
                return await handler(**sent)
            except problems.AddressNotFound:
                return None

        return deleting

    on_handler(OPERATIONS["deleteAddress"], around)


# -- headers and times ---------------------------------------------------------------------------------------------------
@law("the digest is missing on problems", "", "Contract-Digest: is missing", "a_404")
def digest_of_successes(_: Operation) -> None:
    def change(headers: list[tuple[bytes, bytes]]) -> None:
        if (b"content-type", b"application/problem+json") in headers:
            headers[:] = [header for header in headers if header[0] != b"contract-digest"]

    edge_headers(change)


@law("times of a list have no fraction", "listOrders", "created_at", "a_listing and listOrders")
def whole_seconds(_: Operation) -> None:
    def change(body: Any) -> Any:
        return body | {"items": [row | {"created_at": row["created_at"].partition(".")[0].rstrip("Z") + "Z"} for row in body["items"]]}

    in_json("listOrders", change)


@law("a time has no zone", "", "created_at: breaks", "has_its_effect and createOrder")
def time_without_zone(_: Operation) -> None:
    in_json("createOrder", lambda body: body | {"created_at": body["created_at"].rstrip("Z")})
