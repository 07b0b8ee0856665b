"""Drifts of what happens: writes, pages, amounts, states, stock, keys, conditions and limits."""

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, true, update

import steelyard.contract.access.authorization
import steelyard.contract.operation
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
from tests.contract.mutants.drifts import drift
from tests.contract.mutants.seams import Json, on_handler, on_json, swap, with_header


def only(*ids: str) -> Callable[[Operation], bool]:
    return lambda operation: operation.id in ids


def listing(operation: Operation) -> bool:
    return operation.pages is not None


def everywhere(name: str, plain: Any, instead: Any) -> None:
    """Wherever a module of the server knows it by that name."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("steelyard.") and vars(module).get(name) is plain:
            setattr(module, name, instead)


WANTED = bindparam("quantity", type_=BigInteger)


def taking(*, enough: Any, reserved: Any) -> None:
    """Another way for an order to take its units; how many orders the buyer has is still counted."""
    chosen = (items.c.id == bindparam("item_id"), items.c.status == "active", enough, WANTED > 0)
    told = [items.c[name] for name in ("owner_id", "sku", "title", "category", "price")]
    changed = update(items).where(*chosen).values(reserved=reserved, stock_version=items.c.stock_version + 1)
    pending = catalogue._pending_orders.label("pending")
    swap(catalogue, "reserve_stock", statement(changed.returning(*told, pending), catalogue.ReservedRow))


WRITING = only(
    "createItem", "updateItem", "updateUser", "createAddress", "updateAddress", "recordStockMovement", "deleteItem", "deleteAddress"
)


# -- effects -----------------------------------------------------------------------------------------------------------
@drift("effect", "the write is answered and rolled back", WRITING)
def swallowed_write(operation: Operation) -> None:
    lost: list[Transaction] = []
    plain = Transaction.commit

    async def commit(self: Transaction) -> None:
        await (self.rollback() if any(self is one for one in lost) else plain(self))

    swap(Transaction, "commit", commit)

    def around(handler: Any) -> Any:
        async def swallowing(**given: Any) -> Any:
            answer = await handler(**given)
            lost.append(given["tx"])
            return answer

        return swallowing

    on_handler(operation, around)


@drift("effect", "the write happens twice", only("createItem", "recordStockMovement", "createAddress"))
def doubled_write(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def doubling(**given: Any) -> Any:
            await handler(**given)
            return await handler(**given)

        return doubling

    on_handler(operation, around)


@drift("effect", "what is told is not what was stored", only("createItem", "updateItem", "updateUser", "createAddress", "updateAddress"))
def untrue_echo(operation: Operation) -> None:
    def change(body: Json) -> Json:
        name = "title" if "title" in body else "name" if "name" in body else "street"
        return body | {name: "Something else"}

    on_json(operation, change)


@drift("effect", "a sale reserves nothing", only("createOrder"))
def unreserved_stock(_: Operation) -> None:
    taking(enough=items.c.on_hand - items.c.reserved >= WANTED, reserved=items.c.reserved)


@drift("effect", "a cancelled order keeps its stock", only("cancelOrder"))
def kept_stock(_: Operation) -> None:
    async def nothing(*given: Any) -> None:
        pass

    swap(steelyard.features.orders.cancelling, "_give_back_reserved", nothing)


def in_transaction(operation: Operation) -> bool:
    endpoints = importlib.import_module(f"steelyard.features.{operation.tag}.endpoints")
    return "tx" in inspect.signature(getattr(endpoints, operation.handler)).parameters


@drift("effect", "an event is not recorded", in_transaction)
def untold_event(operation: Operation) -> None:
    silent: list[Transaction] = []
    plain = log.record_event

    async def record(tx: Transaction, event: Any) -> None:
        if not any(tx is one for one in silent):
            await plain(tx, event)

    everywhere("record_event", plain, record)

    def around(handler: Any) -> Any:
        async def untelling(**given: Any) -> Any:
            silent.append(given["tx"])
            return await handler(**given)

        return untelling

    on_handler(operation, around)


@drift("effect", "a refused order leaves behind the redemption and all else that it did", only("createOrder"))
def kept_redemption(_: Operation) -> None:
    plain, keeps = promotions.redeem_code, Transaction.keeps
    redeeming: list[Transaction] = []

    async def redeem(tx: Transaction, **given: Any) -> Any:
        promotion = await plain(tx, **given)
        redeeming.append(tx)
        return promotion

    everywhere("redeem_code", plain, redeem)
    swap(promotions, "redeem_code", redeem)

    def keeping(self: Transaction, error: BaseException | None) -> bool:
        return keeps(self, error) or (isinstance(error, Problem) and any(self is one for one in redeeming))

    swap(Transaction, "keeps", keeping)


# -- pages -------------------------------------------------------------------------------------------------------------
@drift("pages", "one item less than asked for", listing)
def short_page(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"items": body["items"][:-1]})


@drift("pages", "the next page begins one too late", listing)
def skipped_row(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def skipping(**given: Any) -> Any:
            return await handler(**{**given, "skip": given["skip"] + 1 if given["skip"] else 0})

        return skipping

    on_handler(operation, around)


@drift("pages", "the list is never at its end", listing)
def endless_pages(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def going_on(**given: Any) -> Any:
            return await handler(**{**given, "limit": max(1, given["limit"] - 1)})

        return going_on

    on_handler(operation, around)


@drift("pages", "the total is that of the page", listing)
def total_of_page(operation: Operation) -> None:
    on_json(operation, lambda body: body if body["total"] is None else body | {"total": len(body["items"])})


@drift("pages", "the order is upside down", listing)
def reversed_page(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"items": body["items"][::-1]})


@drift("pages", "a cursor of another list is taken", listing)
def any_cursor(_: Operation) -> None:
    from steelyard.paging import cursors  # its private signature

    plain = cursors._sign
    swap(cursors, "_sign", lambda key, operation_id, scope, carried: plain(key, "", {}, carried))


@drift("pages", "a cursor and a number of rows to skip contradict each other in silence", listing)
def cursor_with_skip(_: Operation) -> None:
    from steelyard.paging.cursors import Cursors  # beside the other one

    plain = Cursors.resume
    swap(Cursors, "resume", lambda self, cursor, skip, operation_id, scope: plain(self, cursor, 0, operation_id, scope))


@drift("pages", "a filter is not looked at", only("listItems", "listOrders", "listUsers"))
def deaf_filter(operation: Operation) -> None:
    ignored = {"listItems": "search", "listOrders": "status", "listUsers": "q"}[operation.id]

    def around(handler: Any) -> Any:
        async def ignoring(**given: Any) -> Any:
            return await handler(**{**given, ignored: None})

        return ignoring

    on_handler(operation, around)


@drift("pages", "totals of yesterday")
def stale_totals(_: Operation) -> None:
    plain, known = Totals.count, dict[Any, int]()

    async def of(self: Any, db: Any, table: str, counting: Any, *rest: Any, **given: Any) -> int:
        key = (id(self), counting, *given.values())
        if key not in known:
            known[key] = await plain(self, db, table, counting, *rest, **given)
        return known[key]

    swap(Totals, "count", of)


# -- amounts and states ------------------------------------------------------------------------------------------------
@drift("state", "tax is rounded down", only("createOrder", "quoteOrder"))
def tax_rounded_down(_: Operation) -> None:
    plain = steelyard.features.orders.pricing.tax_on
    everywhere("tax_on", plain, lambda amount, rate_bps: amount * rate_bps // 10_000)


@drift("state", "tax before the discount", only("createOrder", "quoteOrder"))
def tax_on_gross(_: Operation) -> None:
    plain = steelyard.features.orders.pricing.calculate_price

    def price(goods: Any, promotion: Any, tax_rate_bps: int) -> Any:
        found = plain(goods, promotion, tax_rate_bps)
        full = plain(goods, None, tax_rate_bps)
        lines = tuple(type(line)(line.goods, line.discount, other.tax) for line, other in zip(found.lines, full.lines, strict=True))
        return type(found)(lines, found.subtotal, found.discount, full.tax)

    everywhere("calculate_price", plain, price)


@drift("state", "more is sold than is there", only("createOrder"))
def oversold(_: Operation) -> None:
    taking(enough=true(), reserved=items.c.reserved + WANTED)


@drift("state", "a cancelled order can be cancelled again", only("cancelOrder"))
def cancelled_again(_: Operation) -> None:
    steelyard.features.orders.transitions.TRANSITIONS["cancelled"] = ("cancelled",)


@drift("state", "a seller may not cancel", only("cancelOrder"))
def no_seller(_: Operation) -> None:
    plain = steelyard.features.orders.transitions.may_be_cancelled_by
    everywhere("may_be_cancelled_by", plain, lambda status: ("buyer", "admin"))


@drift("state", "a code is redeemed more often than it may be", only("createOrder"))
def unlimited_code(_: Operation) -> None:
    from steelyard.tables.promotions import PromotionRow, promotions  # for one statement

    codes.redeem_promotion = statement(
        update(promotions)
        .where(promotions.c.code == bindparam("code"), promotions.c.is_active)
        .where(promotions.c.created_at <= bindparam("now", type_=promotions.c.created_at.type))
        .values(redemptions=promotions.c.redemptions + 1)
        .returning(*[promotions.c[name] for name in PromotionRow._fields]),
        PromotionRow,
    )


@drift("state", "stock that is reserved may be taken out", only("recordStockMovement"))
def reserved_taken(_: Operation) -> None:
    plain = stock.check_movement
    stock.check_movement = lambda item_id, *, on_hand, reserved, delta, expected: plain(
        item_id, on_hand=on_hand, reserved=0, delta=delta, expected=expected
    )


@drift("state", "what the caller counted is not looked at", only("recordStockMovement"))
def uncounted_stock(_: Operation) -> None:
    plain = stock.check_movement
    stock.check_movement = lambda item_id, *, on_hand, reserved, delta, expected: plain(
        item_id, on_hand=on_hand, reserved=reserved, delta=delta, expected=None
    )


@drift("state", "whoever has open orders may leave", only("deleteUser"))
def leaving_debtor(_: Operation) -> None:
    from steelyard.tables.orders import orders  # for one statement

    nobody = (
        select(func.count())
        .select_from(orders)
        .where(orders.c.id < 0, orders.c.buyer_id == bindparam("user_id", type_=orders.c.buyer_id.type))
    )
    swap(bought, "count_open_orders", statement(nobody, int))


# -- keys, conditions, limits ------------------------------------------------------------------------------------------
@drift("again", "a key that comes again is a new request")
def forgotten_keys(_: Operation) -> None:
    async def claim(*given: Any, **named: Any) -> None:
        return None

    async def store(*given: Any, **named: Any) -> None:
        return None

    idempotency.claim_key, idempotency.store_response = claim, store


@drift("again", "a key answers for another request too")
def careless_keys(_: Operation) -> None:
    import steelyard.contract.execution.idempotency as keys  # beside the class

    swap(keys, "_fingerprint", lambda exchange, value: b"0" * 32)


@drift("again", "a replayed answer does not say so")
def silent_replay(_: Operation) -> None:
    plain = IdempotencyKeys.claim

    async def claim(self: Any, exchange: Any, key: str, value: Any) -> Any:
        stored = await plain(self, exchange, key, value)
        return None if stored is None else with_header(stored, b"idempotency-replayed", None)

    swap(IdempotencyKeys, "claim", claim)


@drift("again", "keys are shared by all users")
def shared_keys(_: Operation) -> None:
    import steelyard.contract.execution.idempotency as keys  # beside the class

    swap(keys, "_owner", lambda exchange: 1)


@drift("again", "If-Match is not looked at", lambda operation: any(one.name == "If-Match" for one in operation.parameters))
def blind_write(operation: Operation) -> None:
    def around(handler: Any) -> Any:
        async def writing(**given: Any) -> Any:
            return await handler(**{**given, "if_match": None})

        return writing

    on_handler(operation, around)


@drift("again", "a weak tag satisfies If-Match")
def weak_tags(_: Operation) -> None:
    plain = etags.if_match_allows
    everywhere("if_match_allows", plain, lambda if_match, version: plain(None if if_match is None else if_match.replace("W/", ""), version))


@drift("again", "a write leaves the version alone", only("updateItem", "updateUser", "updateAddress"))
def same_version(operation: Operation) -> None:
    on_json(operation, lambda body: body | {"version": 1})


@drift("again", "whoever asks If-None-Match is told that nothing has changed", lambda operation: operation.revalidates)
def always_fresh(_: Operation) -> None:
    swap(steelyard.contract.operation, "is_not_modified", lambda known, tag: True)


@drift("again", "nothing is ever unchanged", lambda operation: operation.revalidates)
def never_fresh(_: Operation) -> None:
    swap(steelyard.contract.operation, "is_not_modified", lambda known, tag: False)


@drift("again", "limits are announced and not kept")
def toothless_limits(_: Operation) -> None:
    plain = RateLimits.take

    class Allowed:
        allowed, retry_after_s = True, 0

        def __init__(self, verdict: Any) -> None:
            self.left, self.reset_s = verdict.left, verdict.reset_s

    swap(RateLimits, "take", lambda self, *given: Allowed(plain(self, *given)))


@drift("again", "one limit for everybody")
def common_limit(_: Operation) -> None:
    plain = RateLimits.take
    swap(RateLimits, "take", lambda self, rate_class, credential_id, address: plain(self, rate_class, None, "everybody"))


@drift("again", "RateLimit counts the wrong way")
def untrue_limit(_: Operation) -> None:
    plain = RateLimits.headers

    def headers(self: Any, rate_class: str, verdict: Any) -> Any:
        policy, (name, _) = plain(self, rate_class, verdict)
        return [policy, (name, f'"{rate_class}";r={verdict.left + 1};t={verdict.reset_s}'.encode())]

    swap(RateLimits, "headers", headers)
