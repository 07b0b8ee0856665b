"""Runs the application over HTTP for the shop machine. Every response is checked against the contract."""

import asyncio
from typing import Any

import httpx

from tests.kit.clients.api import Api
from tests.kit.model.driver import ServiceDriver, list_event_types
from tests.kit.model.machine import SeenLine, SeenOrder, SeenProblem, SeenQuote
from tests.kit.model.marketplace_model import OrderDraft
from tests.kit.servers.running import Running
from tests.kit.world.market import caller_of
from tests.kit.world.world import User


class HttpDriver(ServiceDriver):
    """Sells, buys and cancels by requests. For events, payments and promotions there is no operation, so it uses the services."""

    replays = True

    def __init__(self, shop: Running, runner: asyncio.Runner) -> None:
        self._shop = shop
        super().__init__(shop.world.market, runner)

    def begin(self) -> None:
        super().begin()
        self._logged_in: dict[int | str, User] = {}
        self._placed: list[tuple[int, User, User]] = []
        self._sellers: list[User] = []

    # -- the catalogue -------------------------------------------------------------------------------------------------
    def add_item(self, seller: int, price: int, category: str | None, on_hand: int) -> None:
        body: dict[str, Any] = {"title": "Lamp", "price": {"amount": price, "currency": "USD"}, "on_hand": on_hand}
        if category is not None:
            body["category"] = category
        user = self._user_of(seller)
        self._items.append(self._success(self._call(user, "createItem", body))["id"])
        self._sellers.append(user)

    def record_movement(self, item: int, delta: int) -> SeenProblem | None:
        key = self._shop.world.key()
        body = {"delta": delta, "reason": "correction"}
        response = self._call(self._user_of("admin"), "recordStockMovement", body, item_id=self._items[item], idempotency_key=key)
        return self._problem(response)

    def _patch(self, item: int, patch: dict[str, object]) -> None:
        self._success(self._call(self._user_of("admin"), "updateItem", patch, item_id=self._items[item]))

    # -- orders --------------------------------------------------------------------------------------------------------
    def quote(self, draft: OrderDraft, expected: int | None) -> SeenQuote | SeenProblem:
        response = self._call(self._user_of(draft.buyer), "quoteOrder", self._body(draft, expected))
        if problem := self._problem(response):
            return problem
        quote = response.json()
        assert quote["orderable"] == (not quote["obstacles"])
        obstacles = frozenset(obstacle["type"].removeprefix("/problems/") for obstacle in quote["obstacles"])
        return SeenQuote(tuple(map(self._line, quote["lines"])), quote["total"]["amount"], obstacles)

    def place(self, draft: OrderDraft, expected: int | None, key: str) -> SeenOrder | SeenProblem:
        buyer = self._user_of(draft.buyer)
        response = self._call(buyer, "createOrder", self._body(draft, expected), idempotency_key=f"{self._shops}-{key}")
        if problem := self._problem(response):
            return problem
        if "idempotency-replayed" not in response.headers:
            assert response.headers["location"] == f"/orders/{response.json()['id']}"
            self._placed.append((response.json()["id"], buyer, self._sellers[draft.basket[0][0]]))
        return self._order_seen(response.json())

    def cancel(self, order: int, who: str) -> SeenOrder | SeenProblem:
        order_id, buyer, seller = self._placed[order]
        user = {"buyer": buyer, "seller": seller}.get(who) or self._user_of(who)
        response = self._call(user, "cancelOrder", {"reason": "Ordered by mistake"}, order_id=order_id)
        return self._problem(response) or self._order_seen(response.json())

    def pay(self, order: int) -> None:
        order_id, buyer, _ = self._placed[order]
        self._run(self._market.pay(self._run(self._market.get_order(caller_of(buyer.id), order_id))))

    # -- what the machine compares -------------------------------------------------------------------------------------
    def order(self, number: int) -> SeenOrder:
        order_id, buyer, seller = self._placed[number]
        read = [self._success(self._call(user, "getOrder", order_id=order_id)) for user in (buyer, seller)]
        assert read[0] == read[1]
        return self._order_seen(read[0])

    def stock(self, item: int) -> tuple[int, int]:
        item_seen = self._success(self._call(self._user_of("admin"), "getItem", item_id=self._items[item]))
        assert item_seen["available"] == item_seen["on_hand"] - item_seen["reserved"]
        return item_seen["on_hand"], item_seen["reserved"]

    def movements(self, item: int) -> list[int]:
        deltas: list[int] = []
        cursor: str | None = None
        while True:
            query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
            page = self._success(self._call(self._user_of("admin"), "listStockMovements", item_id=self._items[item], **query))
            deltas += [movement["delta"] for movement in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return deltas[::-1]

    def events(self, order: int) -> list[str] | None:
        return self._run(self._market.database.read().all(list_event_types, order_id=self._placed[order][0]))

    # -- numbers and requests ------------------------------------------------------------------------------------------
    def _user_of(self, who: int | str) -> User:
        if who not in self._logged_in:
            role = "admin" if who == "admin" else "support" if who == "support" else "user"
            self._logged_in[who] = self._run(self._shop.world.user(role))  # type: ignore[arg-type]  # one of three
        return self._logged_in[who]

    def _call(self, who: User, operation_id: str, body: Any = None, **parameters: Any) -> httpx.Response:
        # A new token for each request, because the clock moves past the lifetime of tokens.
        token = self._shop.world.token(who.id, who.credential_id, who.scopes)
        api: Api = self._shop.api.as_(token)
        return self._run(api.call(operation_id, body, **parameters))

    def _success(self, response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return response.json()

    def _problem(self, response: httpx.Response) -> SeenProblem | None:
        return None if response.is_success else SeenProblem(response.json()["type"].removeprefix("/problems/"))

    def _body(self, draft: OrderDraft, expected: int | None) -> dict[str, Any]:
        lines, more = self._arguments(draft, expected)
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
