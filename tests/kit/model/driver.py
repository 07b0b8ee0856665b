"""Runs the services on a database for the shop machine."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from steelyard.contract.access.caller import Caller
from steelyard.db.errors import ConstraintViolated
from steelyard.db.statements import statement
from steelyard.features.items import service as catalogue
from steelyard.features.items import stock
from steelyard.features.orders.access import OrderDetails
from steelyard.features.orders.cancelling import expire_orders
from steelyard.features.orders.problems import BY_CONSTRAINT
from steelyard.tables.events import events
from steelyard.tables.items import stock_movements
from steelyard_contract import models as m
from steelyard_contract.policy import Role
from steelyard_contract.problems import Problem
from tests.kit.model.machine import SeenLine, SeenOrder, SeenProblem, SeenQuote
from tests.kit.model.marketplace_model import OrderDraft, Promotion
from tests.kit.world.market import Market, caller_of, logged_in

T = TypeVar("T")

list_deltas = statement(
    select(stock_movements.c.delta).where(stock_movements.c.item_id == bindparam("item_id")).order_by(stock_movements.c.id), int
)
list_event_types = statement(
    select(events.c.type).where(events.c.subject_kind == "order", events.c.subject_id == bindparam("order_id")).order_by(events.c.sequence),
    str,
)


class ServiceDriver:
    """Runs each call to its end on one event loop."""

    replays = False

    def __init__(self, market: Market, runner: asyncio.Runner) -> None:
        self._market = market
        self._runner = runner
        self._shops = 0
        self.begin()

    def begin(self) -> None:
        self._shops += 1
        self._opened_at = self._market.clock.now
        self._users: dict[int | str, int] = {}
        self._items: list[int] = []
        self._orders: list[OrderDetails] = []
        self._promotions: dict[str, int] = {}

    # --- the catalogue ---

    def add_item(self, seller: int, price: int, category: str | None, on_hand: int) -> None:
        self._items.append(self._run(self._market.item(self._user(seller), price, on_hand, category=category)))

    def set_price(self, item: int, price: int) -> None:
        self._patch(item, {"price": {"amount": price, "currency": "USD"}})

    def set_status(self, item: int, status: str) -> None:
        self._patch(item, {"status": status})

    def record_movement(self, item: int, delta: int) -> SeenProblem | None:
        admin = self._caller("admin")
        movement = m.StockMovementCreate.model_validate({"delta": delta, "reason": "correction"})

        async def record() -> None:
            async with self._market.database.transaction() as tx:
                await stock.record_stock_movement(tx, caller=await logged_in(tx, admin), item_id=self._items[item], movement=movement)

        return self._attempt(record())

    def add_promotion(self, code: str, promotion: Promotion) -> None:
        terms = {"percent_bps": promotion.value} if promotion.kind == "percent" else {"amount": promotion.value}
        self._promotions[code] = self._run(
            self._market.promotion(
                self._code(code),
                **terms,
                max_redemptions=promotion.max_redemptions,
                max_per_user=promotion.max_per_user,
                category=promotion.category,
                min_subtotal=promotion.min_subtotal,
                starts_at=self._moment(promotion.starts_at),
                ends_at=self._moment(promotion.ends_at),
            )
        )

    # --- orders ---

    def quote(self, draft: OrderDraft, expected: int | None) -> SeenQuote | SeenProblem:
        lines, more = self._arguments(draft, expected)
        result = self._attempt(self._market.quote(self._user(draft.buyer), *lines, **more))
        if isinstance(result, SeenProblem):
            return result
        priced = tuple(
            SeenLine(
                self._items.index(line.goods.product_id), line.goods.quantity, line.goods.unit_price, line.discount, line.tax, line.total
            )
            for line in result.price.lines
        )
        return SeenQuote(priced, result.price.total, frozenset(_slug(problem) for problem, _ in result.obstacles))

    def place(self, draft: OrderDraft, expected: int | None, key: str) -> SeenOrder | SeenProblem:
        lines, more = self._arguments(draft, expected)
        result = self._attempt(self._market.place(self._user(draft.buyer), *lines, key=f"{self._shops} {key}", **more))
        if isinstance(result, SeenProblem):
            return result
        self._orders.append(result)
        return self._seen(result)

    def cancel(self, order: int, who: str) -> SeenOrder | SeenProblem:
        placed = self._orders[order].order
        caller = {"buyer": caller_of(placed.buyer_id), "seller": caller_of(placed.seller_id)}.get(who) or self._caller(who)
        result = self._attempt(self._market.cancel(caller, placed.id))
        return result if isinstance(result, SeenProblem) else self._seen(result)

    def pay(self, order: int) -> None:
        self._run(self._market.pay(self._orders[order]))

    def advance(self, seconds: int) -> None:
        self._market.clock.advance(seconds=seconds)
        self._run(expire_orders(self._market.database))

    # --- what the machine compares ---

    def order(self, number: int) -> SeenOrder:
        placed = self._orders[number].order
        return self._seen(self._run(self._market.get_order(caller_of(placed.buyer_id), placed.id)))

    def stock(self, item: int) -> tuple[int, int]:
        return self._run(self._market.stock(self._items[item]))

    def movements(self, item: int) -> list[int]:
        return self._run(self._market.database.read().all(list_deltas, item_id=self._items[item]))

    def redemptions(self, code: str) -> int | None:
        return self._run(self._market.redemptions(self._promotions[code]))

    def events(self, order: int) -> list[str] | None:
        return self._run(self._market.database.read().all(list_event_types, order_id=self._orders[order].order.id))

    # --- numbers and ids ---

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def _attempt(self, work: Coroutine[Any, Any, T]) -> T | SeenProblem:
        try:
            return self._run(work)
        except Problem as problem:
            return SeenProblem(_slug(problem))
        except ConstraintViolated as violated:
            problem_class = BY_CONSTRAINT[violated.constraint]
            assert issubclass(problem_class, Problem)
            return SeenProblem(_slug(problem_class))

    def _arguments(self, draft: OrderDraft, expected: int | None) -> tuple[list[tuple[int, int]], dict[str, object]]:
        more: dict[str, object] = {}
        if draft.code is not None:
            more["discount_code"] = self._code(draft.code)
        if expected is not None:
            more["expected_total"] = {"amount": expected, "currency": "USD"}
        return [(self._items[item], quantity) for item, quantity in draft.basket], more

    def _seen(self, purchase: OrderDetails) -> SeenOrder:
        order, lines = purchase
        return SeenOrder(
            status=order.status,
            lines=tuple(
                SeenLine(self._items.index(line.product_id), line.quantity, line.unit_price, line.discount, line.tax, line.total)
                for line in lines
            ),
            subtotal=order.subtotal,
            discount=order.discount,
            tax=order.tax,
            total=order.total,
            refunded=order.refunded,
            history=tuple(step[0] for step in order.history),
        )

    def _patch(self, item: int, patch: dict[str, object]) -> None:
        admin = self._caller("admin")

        async def change() -> None:
            async with self._market.database.transaction() as tx:
                await catalogue.update_item(
                    tx,
                    caller=await logged_in(tx, admin),
                    item_id=self._items[item],
                    patch=m.ItemPatch.model_validate(patch),
                    if_match=None,
                    currency="USD",
                )

        self._run(change())

    def _user(self, number: int | str) -> int:
        if number not in self._users:
            role: Role = "admin" if number == "admin" else "support" if number == "support" else "user"
            self._users[number] = self._run(self._market.user(role=role))
        return self._users[number]

    def _caller(self, who: str) -> Caller:
        return caller_of(self._user(who), "admin" if who == "admin" else "support" if who == "support" else "user")

    def _code(self, code: str) -> str:
        return f"PROMO-{self._shops}-{code}"

    def _moment(self, at: int | None) -> datetime | None:
        return None if at is None else self._opened_at + timedelta(seconds=at)


def _slug(problem: Problem | type[Problem]) -> str:
    return problem.TYPE.removeprefix("/problems/")
