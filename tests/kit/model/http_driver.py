"""The application over HTTP, as the shop machine drives it: every answer is judged by the contract on the way."""

import asyncio
from typing import Any

import httpx

from tests.kit.clients.api import Api
from tests.kit.model.driver import ServiceDriver, happenings
from tests.kit.model.machine import SeenLine, SeenOrder, SeenProblem, SeenQuote
from tests.kit.model.marketplace_model import Wish
from tests.kit.servers.running import Running
from tests.kit.world.market import caller_of
from tests.kit.world.world import User


class HttpDriver(ServiceDriver):
    """Buys, sells and calls off by requests; what no operation shows or does (events, payment, codes) goes by the services."""

    replays = True

    def __init__(self, shop: Running, runner: asyncio.Runner) -> None:
        self._shop = shop
        super().__init__(shop.world.market, runner)

    def begin(self) -> None:
        super().begin()
        self._persons: dict[int | str, User] = {}
        self._placed: list[tuple[int, User, User]] = []
        self._sellers: list[User] = []

    # -- the catalogue -------------------------------------------------------------------------------------------------
    def add_item(self, seller: int, price: int, category: str | None, on_hand: int) -> None:
        body: dict[str, Any] = {"title": "Lamp", "price": {"amount": price, "currency": "USD"}, "on_hand": on_hand}
        if category is not None:
            body["category"] = category
        user = self._somebody(seller)
        self._items.append(self._done(self._ask(user, "createItem", body))["id"])
        self._sellers.append(user)

    def record_movement(self, item: int, delta: int) -> SeenProblem | None:
        key = self._shop.world.key()
        body = {"delta": delta, "reason": "correction"}
        answer = self._ask(self._somebody("admin"), "recordStockMovement", body, item_id=self._items[item], idempotency_key=key)
        return self._refusal(answer)

    def _patch(self, item: int, patch: dict[str, object]) -> None:
        self._done(self._ask(self._somebody("admin"), "updateItem", patch, item_id=self._items[item]))

    # -- orders --------------------------------------------------------------------------------------------------------
    def quote(self, wish: Wish, expected: int | None) -> SeenQuote | SeenProblem:
        answer = self._ask(self._somebody(wish.buyer), "quoteOrder", self._body(wish, expected))
        if refused := self._refusal(answer):
            return refused
        found = answer.json()
        assert found["orderable"] == (not found["obstacles"])
        obstacles = frozenset(one["type"].removeprefix("/problems/") for one in found["obstacles"])
        return SeenQuote(tuple(map(self._line, found["lines"])), found["total"]["amount"], obstacles)

    def place(self, wish: Wish, expected: int | None, key: str) -> SeenOrder | SeenProblem:
        buyer = self._somebody(wish.buyer)
        answer = self._ask(buyer, "createOrder", self._body(wish, expected), idempotency_key=f"{self._shops}-{key}")
        if refused := self._refusal(answer):
            return refused
        if "idempotency-replayed" not in answer.headers:
            assert answer.headers["location"] == f"/orders/{answer.json()['id']}"
            self._placed.append((answer.json()["id"], buyer, self._sellers[wish.basket[0][0]]))
        return self._order_seen(answer.json())

    def cancel(self, order: int, who: str) -> SeenOrder | SeenProblem:
        order_id, buyer, seller = self._placed[order]
        user = {"buyer": buyer, "seller": seller}.get(who) or self._somebody(who)
        answer = self._ask(user, "cancelOrder", {"reason": "Ordered by mistake"}, order_id=order_id)
        return self._refusal(answer) or self._order_seen(answer.json())

    def pay(self, order: int) -> None:
        order_id, buyer, _ = self._placed[order]
        self._run(self._market.pay(self._run(self._market.get_order(caller_of(buyer.id), order_id))))

    # -- what can be seen ----------------------------------------------------------------------------------------------
    def order(self, number: int) -> SeenOrder:
        order_id, buyer, seller = self._placed[number]
        read = [self._done(self._ask(user, "getOrder", order_id=order_id)) for user in (buyer, seller)]
        assert read[0] == read[1]
        return self._order_seen(read[0])

    def stock(self, item: int) -> tuple[int, int]:
        found = self._done(self._ask(self._somebody("admin"), "getItem", item_id=self._items[item]))
        assert found["available"] == found["on_hand"] - found["reserved"]
        return found["on_hand"], found["reserved"]

    def ledger(self, item: int) -> list[int]:
        deltas: list[int] = []
        cursor: str | None = None
        while True:
            asked = {"limit": 100} | ({"cursor": cursor} if cursor else {})
            page = self._done(self._ask(self._somebody("admin"), "listStockMovements", item_id=self._items[item], **asked))
            deltas += [one["delta"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return deltas[::-1]

    def events(self, order: int) -> list[str] | None:
        return self._run(self._market.database.read().all(happenings, order_id=self._placed[order][0]))

    # -- between the numbers and the product ---------------------------------------------------------------------------
    def _somebody(self, who: int | str) -> User:
        if who not in self._persons:
            role = "admin" if who == "admin" else "support" if who == "support" else "user"
            self._persons[who] = self._run(self._shop.world.user(role))  # type: ignore[arg-type]  # one of three
        return self._persons[who]

    def _ask(self, who: User, operation_id: str, body: Any = None, **given: Any) -> httpx.Response:
        # Time passes faster here than a token lives.
        token = self._shop.world.token(who.id, who.credential_id, who.scopes)
        api: Api = self._shop.api.as_(token)
        return self._run(api.call(operation_id, body, **given))

    def _done(self, answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()

    def _refusal(self, answer: httpx.Response) -> SeenProblem | None:
        return None if answer.is_success else SeenProblem(answer.json()["type"].removeprefix("/problems/"))

    def _body(self, wish: Wish, expected: int | None) -> dict[str, Any]:
        lines, more = self._asked(wish, expected)
        basket = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
        return {**(basket[0] if len(basket) == 1 else {"lines": basket}), **more}

    def _line(self, line: dict[str, Any]) -> SeenLine:
        return SeenLine(
            self._items.index(line["product_id"]),
            line["quantity"],
            *(line[name]["amount"] for name in ("unit_price", "discount", "tax", "total")),
        )

    def _order_seen(self, order: dict[str, Any]) -> SeenOrder:
        assert (order["expires_at"] is not None) == (order["status"] == "pending")
        return SeenOrder(
            status=order["status"],
            lines=tuple(map(self._line, order["lines"])),
            **{name: order[name]["amount"] for name in ("subtotal", "discount", "tax", "total", "refunded")},
            history=tuple(step["status"] for step in order["history"]),
        )
