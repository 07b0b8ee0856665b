"""Mutants of effects: writes, pages, amounts, states, stock, keys, conditions and limits."""

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, true, update

import steelyard.contract.access.authorization
import steelyard.contract.http.etags
import steelyard.features.items.service
import steelyard.features.orders.cancelling
import steelyard.features.orders.pricing
import steelyard.features.orders.transitions
import steelyard.features.users.addresses
import steelyard.features.users.service
from steelyard.contract.access.rate_limits import RateLimits
from steelyard.contract.execution.idempotency import IdempotencyKeys
from steelyard.contract.http import etags
from steelyard.db.statements import statement
from steelyard.db.transaction import Transaction
from steelyard.events import log
from steelyard.features.items import queries as catalogue
from steelyard.features.items import stock
from steelyard.features.orders import queries as bought
from steelyard.features.promotions import queries as codes
from steelyard.features.promotions import service as promotions
from steelyard.idempotency import store as idempotency
from steelyard.paging.totals import Totals
from steelyard.tables.items import items
from steelyard_contract.operations import Operation
from steelyard_contract.problems import Problem
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import Json, on_handler, on_json, swap, with_header


def only(*ids: str) -> Callable[[Operation], bool]:
    return lambda operation: operation.id in ids


def listing(operation: Operation) -> bool:
    return operation.pages is not None


def everywhere(name: str, plain: Any, instead: Any) -> None:
    """Replaces it in each module of the server that imports it by that name."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("steelyard.") and vars(module).get(name) is plain:
            setattr(module, name, instead)


QUANTITY = bindparam("quantity", type_=BigInteger)


def taking(*, enough: Any, reserved: Any) -> None:
    """Another way for an order to take its units; the buyer's number of orders is still counted."""
    chosen = (items.c.id == bindparam("item_id"), items.c.status == "active", enough, QUANTITY > 0)
    columns = [items.c[name] for name in ("owner_id", "sku", "title", "category", "price")]
    changed = update(items).where(*chosen).values(reserved=reserved, stock_version=items.c.stock_version + 1)
    pending = catalogue._pending_orders(bindparam("buyer_id", type_=BigInteger))
    swap(catalogue, "reserve_stock", statement(changed.returning(*columns, pending), catalogue.ReservedRow))


WRITING = only(
    "createItem", "updateItem", "updateUser", "createAddress", "updateAddress", "recordStockMovement", "deleteItem", "deleteAddress"
)


# -- effects -----------------------------------------------------------------------------------------------------------
@mutant("effect", "the response is a success and the write is rolled back", WRITING)
def swallowed_write(operation: Operation) -> None:
    lost: list[Transaction] = []
    plain = Transaction.commit

    async def commit(self: Transaction) -> None:
        await (self.rollback() if any(self is tx for tx in lost) else plain(self))

    swap(Transaction, "commit", commit)

    def around(handler: Any) -> Any:
        async def swallowing(**arguments: Any) -> Any:
            response = await handler(**arguments)
            lost.append(arguments["tx"])
            return response

        return swallowing

    on_handler(operation, around)


@mutant("effect", "the write happens twice", only("createItem", "recordStockMovement", "createAddress"))
def doubled_write(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def doubling(**arguments: Any) -> Any:
            await handler(**arguments)
            return await handler(**arguments)

        return doubling

    on_handler(operation, around)


@mutant(
    "effect", "the response differs from the stored data", only("createItem", "updateItem", "updateUser", "createAddress", "updateAddress")
)
def untrue_echo(operation: Operation) -> None:
    def change(body: Json) -> Json:
        name = "title" if "title" in body else "name" if "name" in body else "street"
        return body | {name: "Something else"}

    on_json(operation, change)


@mutant("effect", "a sale reserves nothing", only("createOrder"))
def unreserved_stock(_: Operation) -> None:
    taking(enough=items.c.on_hand - items.c.reserved >= QUANTITY, reserved=items.c.reserved)


@mutant("effect", "a cancelled order keeps its stock", only("cancelOrder"))
def kept_stock(_: Operation) -> None:
    async def nothing(*args: Any) -> None:
        pass

    swap(steelyard.features.orders.cancelling, "_give_back_reserved", nothing)


# They write what a later operation needs, and no event.
WITHOUT_EVENTS = {"authorize", "startIdentityLink", "requestEmailVerification", "requestPasswordReset"}


def recording(operation: Operation) -> bool:
    endpoints = importlib.import_module(f"steelyard.features.{operation.tag}.endpoints")
    return operation.id not in WITHOUT_EVENTS and "tx" in inspect.signature(getattr(endpoints, operation.handler)).parameters


def silenced(operation: Operation, after: int) -> None:
    """Each transaction of the operation records only its first events."""
    left: list[tuple[Transaction, list[None]]] = []
    plain = log.record_event

    async def record(tx: Transaction, event: Any) -> None:
        room = next((room for other, room in left if other is tx), None)
        if room is None or room:
            await plain(tx, event)
        if room:
            room.pop()

    everywhere("record_event", plain, record)

    def around(handler: Any) -> Any:
        async def skipping_events(**arguments: Any) -> Any:
            left.append((arguments["tx"], [None] * after))
            return await handler(**arguments)

        return skipping_events

    on_handler(operation, around)


@mutant("effect", "an event is not recorded", recording)
def missing_event(operation: Operation) -> None:
    silenced(operation, 0)


@mutant("effect", "the second event is not recorded", only("createItem", "createOrder", "receiveLogin"))
def missing_second_event(operation: Operation) -> None:
    silenced(operation, 1)


@mutant("effect", "a failed order commits its redemption and its other writes", only("createOrder"))
def kept_redemption(_: Operation) -> None:
    plain, keeps = promotions.redeem_code, Transaction.keeps
    redeeming: list[Transaction] = []

    async def redeem(tx: Transaction, **arguments: Any) -> Any:
        promotion = await plain(tx, **arguments)
        redeeming.append(tx)
        return promotion

    everywhere("redeem_code", plain, redeem)
    swap(promotions, "redeem_code", redeem)

    def keeping(self: Transaction, error: BaseException | None) -> bool:
        return keeps(self, error) or (isinstance(error, Problem) and any(self is other for other in redeeming))

    swap(Transaction, "keeps", keeping)


# -- pages -------------------------------------------------------------------------------------------------------------
@mutant("pages", "a page has one item less than its limit", listing)
def short_page(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"items": body["items"][:-1]})


@mutant("pages", "the next page skips a row", listing)
def skipped_row(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def skipping(**arguments: Any) -> Any:
            return await handler(**{**arguments, "skip": arguments["skip"] + 1 if arguments["skip"] else 0})

        return skipping

    on_handler(operation, around)


@mutant("pages", "pages have one item less, so there is always a next page", listing)
def endless_pages(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def going_on(**arguments: Any) -> Any:
            return await handler(**{**arguments, "limit": max(1, arguments["limit"] - 1)})

        return going_on

    on_handler(operation, around)


@mutant("pages", "the total is that of the page", listing)
def total_of_page(operation: Operation) -> None:
    on_json(operation, lambda body: body if body["total"] is None else body | {"total": len(body["items"])})


@mutant("pages", "the order is reversed", listing)
def reversed_page(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"items": body["items"][::-1]})


@mutant("pages", "a cursor of another list is accepted", listing)
def any_cursor(_: Operation) -> None:
    from steelyard.paging import cursors  # only for this mutant

    plain = cursors._sign
    swap(cursors, "_sign", lambda key, operation_id, scope, carried: plain(key, "", {}, carried))


@mutant("pages", "a cursor together with `skip` is accepted", listing)
def cursor_with_skip(_: Operation) -> None:
    from steelyard.paging.cursors import Cursors  # only for this mutant

    plain = Cursors.resume
    swap(Cursors, "resume", lambda self, cursor, skip, operation_id, scope: plain(self, cursor, 0, operation_id, scope))


@mutant("pages", "a filter is ignored", only("listItems", "listOrders", "listUsers"))
def deaf_filter(operation: Operation) -> None:
    ignored = {"listItems": "search", "listOrders": "status", "listUsers": "q"}[operation.id]

    def around(handler: Any) -> Any:
        async def ignoring(**arguments: Any) -> Any:
            return await handler(**{**arguments, ignored: None})

        return ignoring

    on_handler(operation, around)


@mutant("pages", "totals are never counted again")
def stale_totals(_: Operation) -> None:
    plain, known = Totals.count, dict[Any, int]()

    async def of(self: Any, db: Any, table: str, counting: Any, *rest: Any, **arguments: Any) -> int:
        key = (id(self), counting, *arguments.values())
        if key not in known:
            known[key] = await plain(self, db, table, counting, *rest, **arguments)
        return known[key]

    swap(Totals, "count", of)


# -- amounts and states ------------------------------------------------------------------------------------------------
@mutant("state", "tax is rounded down", only("createOrder", "quoteOrder"))
def tax_rounded_down(_: Operation) -> None:
    plain = steelyard.features.orders.pricing.tax_on
    everywhere("tax_on", plain, lambda amount, rate_bps: amount * rate_bps // 10_000)


@mutant("state", "tax before the discount", only("createOrder", "quoteOrder"))
def tax_on_gross(_: Operation) -> None:
    plain = steelyard.features.orders.pricing.calculate_price

    def price(goods: Any, promotion: Any, tax_rate_bps: int) -> Any:
        price_found = plain(goods, promotion, tax_rate_bps)
        full = plain(goods, None, tax_rate_bps)
        lines = tuple(type(line)(line.goods, line.discount, other.tax) for line, other in zip(price_found.lines, full.lines, strict=True))
        return type(price_found)(lines, price_found.subtotal, price_found.discount, full.tax)

    everywhere("calculate_price", plain, price)


@mutant("state", "an order may exceed the stock", only("createOrder"))
def oversold(_: Operation) -> None:
    taking(enough=true(), reserved=items.c.reserved + QUANTITY)


@mutant("state", "a cancelled order can be cancelled again", only("cancelOrder"))
def cancelled_again(_: Operation) -> None:
    steelyard.features.orders.transitions.TRANSITIONS["cancelled"] = ("cancelled",)


@mutant("state", "a seller may not cancel", only("cancelOrder"))
def no_seller(_: Operation) -> None:
    plain = steelyard.features.orders.transitions.may_be_cancelled_by
    everywhere("may_be_cancelled_by", plain, lambda status: ("buyer", "admin"))


@mutant("state", "a code has no limit of redemptions", only("createOrder"))
def unlimited_code(_: Operation) -> None:
    from steelyard.tables.promotions import PromotionRow, promotions  # only for this mutant

    codes.redeem_promotion = statement(
        update(promotions)
        .where(promotions.c.code == bindparam("code"), promotions.c.is_active)
        .where(promotions.c.created_at <= bindparam("now", type_=promotions.c.created_at.type))
        .values(redemptions=promotions.c.redemptions + 1)
        .returning(*[promotions.c[name] for name in PromotionRow._fields]),
        PromotionRow,
    )


@mutant("state", "reserved stock may be removed", only("recordStockMovement"))
def reserved_taken(_: Operation) -> None:
    plain = stock.check_movement
    stock.check_movement = lambda item_id, *, on_hand, reserved, delta, expected: plain(
        item_id, on_hand=on_hand, reserved=0, delta=delta, expected=expected
    )


@mutant("state", "the caller's expected count is ignored", only("recordStockMovement"))
def uncounted_stock(_: Operation) -> None:
    plain = stock.check_movement
    stock.check_movement = lambda item_id, *, on_hand, reserved, delta, expected: plain(
        item_id, on_hand=on_hand, reserved=reserved, delta=delta, expected=None
    )


@mutant("state", "a user with open orders may be deleted", only("deleteUser"))
def leaving_debtor(_: Operation) -> None:
    from steelyard.tables.orders import orders  # only for this mutant

    no_orders = (
        select(func.count())
        .select_from(orders)
        .where(orders.c.id < 0, orders.c.buyer_id == bindparam("user_id", type_=orders.c.buyer_id.type))
    )
    swap(bought, "count_open_orders", statement(no_orders, int))


# -- keys, conditions, limits ------------------------------------------------------------------------------------------
@mutant("again", "a repeated key is treated as a new request")
def ignored_keys(_: Operation) -> None:
    async def claim(*args: Any, **named: Any) -> None:
        return None

    async def store(*args: Any, **named: Any) -> None:
        return None

    idempotency.claim_key, idempotency.store_response = claim, store


@mutant("again", "a key replays the response to another request")
def careless_keys(_: Operation) -> None:
    import steelyard.contract.execution.idempotency as keys  # only for this mutant

    swap(keys, "_fingerprint", lambda exchange, value: b"0" * 32)


@mutant("again", "a replayed response lacks its header")
def silent_replay(_: Operation) -> None:
    plain = IdempotencyKeys.claim

    async def claim(self: Any, exchange: Any, key: str, value: Any) -> Any:
        stored = await plain(self, exchange, key, value)
        return None if stored is None else with_header(stored, b"idempotency-replayed", None)

    swap(IdempotencyKeys, "claim", claim)


@mutant("again", "keys are shared by all users")
def shared_keys(_: Operation) -> None:
    import steelyard.contract.execution.idempotency as keys  # only for this mutant

    swap(keys, "_owner", lambda exchange: 1)


@mutant("again", "If-Match is ignored", lambda operation: any(parameter.name == "If-Match" for parameter in operation.parameters))
def blind_write(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def writing(**arguments: Any) -> Any:
            return await handler(**{**arguments, "if_match": None})

        return writing

    on_handler(operation, around)


@mutant("again", "a weak tag satisfies If-Match")
def weak_tags(_: Operation) -> None:
    plain = etags.if_match_allows
    everywhere("if_match_allows", plain, lambda if_match, version: plain(None if if_match is None else if_match.replace("W/", ""), version))


@mutant("again", "a write does not change the version", only("updateItem", "updateUser", "updateAddress"))
def same_version(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"version": 1})


@mutant("again", "every If-None-Match gets a 304", lambda operation: operation.revalidates)
def always_fresh(_: Operation) -> None:
    swap(steelyard.contract.http.etags, "is_not_modified", lambda known, tag: True)


@mutant("again", "If-None-Match never gets a 304", lambda operation: operation.revalidates)
def never_fresh(_: Operation) -> None:
    swap(steelyard.contract.http.etags, "is_not_modified", lambda known, tag: False)


@mutant("again", "limits are announced and not enforced")
def toothless_limits(_: Operation) -> None:
    plain = RateLimits.take

    class Allowed:
        allowed, retry_after_s = True, 0

        def __init__(self, decision: Any) -> None:
            self.left, self.reset_s = decision.left, decision.reset_s

    swap(RateLimits, "take", lambda self, *args: Allowed(plain(self, *args)))


@mutant("again", "one limit for all callers")
def common_limit(_: Operation) -> None:
    plain = RateLimits.take
    swap(RateLimits, "take", lambda self, rate_class, credential_id, address: plain(self, rate_class, None, "all"))


@mutant("again", "RateLimit counts the wrong way")
def untrue_limit(_: Operation) -> None:
    plain = RateLimits.headers

    def headers(self: Any, rate_class: str, decision: Any) -> Any:
        policy, (name, _) = plain(self, rate_class, decision)
        return [policy, (name, f'"{rate_class}";r={decision.left + 1};t={decision.reset_s}'.encode())]

    swap(RateLimits, "headers", headers)
