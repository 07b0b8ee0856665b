"""A Hypothesis state machine that performs the same steps on the model and on the product, and compares both after each step.

It uses the product through `Driver`, so it runs with services on a database and with an application over HTTP. There are few items, one
main seller and small quantities, and the shop has stock from the start. Without that bias nearly every order would be rejected.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from tests.kit.model.marketplace_model import Line, OrderDraft, Promotion, Shop

SELLER, OTHER_SELLER, BUYERS = 1, 2, (2, 3, 4, 5)


@dataclass(frozen=True)
class SeenLine:
    item: int
    quantity: int
    unit_price: int
    discount: int
    tax: int
    total: int


@dataclass(frozen=True)
class SeenOrder:
    """An order as its buyer reads it, with the model's numbers of items."""

    status: str
    lines: tuple[SeenLine, ...]
    subtotal: int
    discount: int
    tax: int
    total: int
    refunded: int
    history: tuple[str, ...]


@dataclass(frozen=True)
class SeenQuote:
    lines: tuple[SeenLine, ...]
    total: int
    obstacles: frozenset[str]


@dataclass(frozen=True)
class SeenProblem:
    """The type of a problem, without `/problems/`."""

    type: str


class Driver(Protocol):
    """The product, as the machine uses it. Items and orders have the model's numbers, in order from 0."""

    # Whether a repeated key returns the stored response, as over HTTP. Services alone only reject it.
    replays: bool

    def begin(self) -> None:
        """Start a new shop with new users. Numbers start from 0 again."""

    def add_item(self, seller: int, price: int, category: str | None, on_hand: int) -> None: ...
    def set_price(self, item: int, price: int) -> None: ...
    def set_status(self, item: int, status: str) -> None: ...
    def record_movement(self, item: int, delta: int) -> SeenProblem | None: ...
    def add_promotion(self, code: str, promotion: Promotion) -> None: ...
    def quote(self, draft: OrderDraft, expected: int | None) -> SeenQuote | SeenProblem: ...
    def place(self, draft: OrderDraft, expected: int | None, key: str) -> SeenOrder | SeenProblem:
        """A new order gets the next number; a replay does not."""

    def cancel(self, order: int, who: str) -> SeenOrder | SeenProblem: ...
    def pay(self, order: int) -> None: ...
    def advance(self, seconds: int) -> None:
        """Move the clock, then expire overdue orders."""

    def order(self, number: int) -> SeenOrder: ...
    def stock(self, item: int) -> tuple[int, int]:
        """On hand and reserved."""

    def movements(self, item: int) -> list[int]: ...
    def redemptions(self, code: str) -> int | None:
        """None if the driver cannot see them."""

    def events(self, order: int) -> list[str] | None:
        """The types of the events of an order, in order. None if the driver cannot see them."""


def seen_lines(lines: list[Line]) -> tuple[SeenLine, ...]:
    return tuple(SeenLine(line.item, line.quantity, line.unit_price, line.discount, line.tax, line.total) for line in lines)


class ShopMachine(RuleBasedStateMachine):
    """Subclass it with a `driver`."""

    driver: ClassVar[Driver]
    tax_rate_bps: ClassVar[int]
    reservation_s: ClassVar[int]
    # How often each result occurred, over all runs, because a rule that never fires tests nothing.
    happened: ClassVar[Counter[str]]

    items = Bundle("items")
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(tax_rate_bps=self.tax_rate_bps, reservation_s=self.reservation_s)
        self.driver.begin()
        self._keys = 0

    @initialize(target=items, prices=st.lists(st.integers(0, 10**6), min_size=3, max_size=3), units=st.integers(1, 600))
    def open_shop(self, prices: list[int], units: int) -> Any:
        return multiple(*(self._add_item(SELLER, price, category, units) for price, category in zip(prices, ["a", "a", None], strict=True)))

    @precondition(lambda self: len(self.shop.items) < 4 and self.shop.orders)
    @rule(
        target=items,
        seller=st.sampled_from([SELLER, OTHER_SELLER]),
        price=st.integers(0, 10**6),
        category=st.sampled_from(["a", "b"]),
        units=st.integers(0, 600),
    )
    def add_item(self, seller: int, price: int, category: str, units: int) -> Any:
        return self._add_item(seller, price, category, units)

    @precondition(lambda self: self.shop.orders)
    @rule(item=items, delta=st.integers(-100, 300).filter(bool))
    def move(self, item: int, delta: int) -> None:
        self._agree("movement", self.shop.record_movement(item, delta), self.driver.record_movement(item, delta))

    @precondition(lambda self: len(self.shop.orders) > 2)
    @rule(item=items, price=st.integers(0, 10**6))
    def reprice(self, item: int, price: int) -> None:
        self.shop.items[item].price = price
        self.driver.set_price(item, price)

    @precondition(lambda self: len(self.shop.orders) > 3)
    @rule(item=items, status=st.sampled_from(["active", "active", "active", "draft"]))
    def set_status(self, item: int, status: str) -> None:
        self.shop.items[item].status = status
        self.driver.set_status(item, status)

    @precondition(lambda self: len(self.shop.promotions) < 2)
    @rule(
        code=st.sampled_from(["A", "B"]),
        kind=st.sampled_from(["percent", "fixed"]),
        value=st.integers(1, 10_000),
        total=st.none() | st.integers(1, 4),
        per_user=st.none() | st.integers(1, 2),
        category=st.sampled_from([None, None, "a", "b"]),
        minimum=st.sampled_from([0, 0, 1000]),
        starts_in=st.none() | st.none() | st.integers(1, 500),
        lasts=st.none() | st.none() | st.integers(500, 2000),
    )
    def add_promotion(
        self, code: str, starts_in: int | None, lasts: int | None, minimum: int, total: int | None, per_user: int | None, **terms: Any
    ) -> None:
        if code in self.shop.promotions:
            return
        now = self.shop.now
        promotion = Promotion(
            **terms,
            max_redemptions=total,
            max_per_user=per_user,
            min_subtotal=minimum,
            starts_at=None if starts_in is None else now + starts_in,
            ends_at=None if lasts is None else now + lasts,
        )
        self.shop.promotions[code] = promotion
        self.driver.add_promotion(code, promotion)

    @rule(
        target=orders,
        buyer=st.sampled_from(BUYERS),
        basket=st.lists(
            st.tuples(items, st.sampled_from([1, 2, 3, 5, 8, 13, 20, 60, 101])), min_size=1, max_size=3, unique_by=lambda line: line[0]
        ),
        pick=st.integers(0, 9),
        expected=st.sampled_from([None, None, None, "right", "wrong"]),
    )
    def place(self, buyer: int, basket: list[tuple[int, int]], pick: int, expected: Any) -> Any:
        # Mostly no code or one that exists, because an unknown code alone is a reason to reject the order.
        known = [None, None, None, None, *self.shop.promotions, *self.shop.promotions, *self.shop.promotions]
        draft = OrderDraft(buyer, tuple(basket), "X" if pick == 9 else known[pick % len(known)], expected)
        objections, total = self.shop.objections(draft), self._expected(draft)
        quote = self.driver.quote(draft, total)
        placed = self.driver.place(draft, total, self._next_key())
        self._agree("place", objections, placed)
        self._agree_on_quote(draft, quote, objections)
        if objections:
            return multiple()
        number = self.shop.place(draft, f"key-{self._keys}")
        assert placed == self._seen(number)
        return number

    @precondition(lambda self: self.shop.keys)
    @rule(pick=st.integers(0, 99), other=st.booleans())
    def send_again(self, pick: int, other: bool) -> None:
        (buyer, key), (draft, number) = list(self.shop.keys.items())[pick % len(self.shop.keys)]
        if other:
            (item, quantity), *rest = draft.basket
            draft = OrderDraft(buyer, ((item, quantity % 20 + 1 if quantity % 20 + 1 != quantity else quantity + 1), *rest), draft.code)
        expected = None if draft.expected is None else self.shop.orders[number].total
        result = self.driver.place(draft, expected, key)
        if self.driver.replays and not other:
            self.happened["replay"] += 1
            assert isinstance(result, SeenOrder)
            assert result.total == self.shop.orders[number].total
        elif self.driver.replays:
            assert result == SeenProblem("idempotency-key-reused")
        else:
            objections = self.shop.objections(draft) | {"idempotency-key-reused"}
            if expected not in {None, self._cost_of(draft)}:
                objections.add("price-changed")
            self._agree("send_again", objections, result)

    @precondition(lambda self: self.shop.orders)
    @rule(order=orders, who=st.sampled_from(["buyer", "buyer", "seller", "admin", "support", "stranger"]))
    def cancel(self, order: int, who: Any) -> None:
        objections = self.shop.cancel(order, who)
        result = self.driver.cancel(order, who)
        self._agree(f"cancel by {who}", objections, result)
        assert objections or result == self._seen(order)

    @rule(seconds=st.integers(1, 600))
    def let_time_pass(self, seconds: int) -> None:
        self.shop.now += seconds
        self.happened["expired"] += self.shop.expire_orders()
        self.driver.advance(seconds)

    @invariant()
    def the_product_agrees_with_the_model(self) -> None:
        self.shop.check()
        for number, item in enumerate(self.shop.items):
            assert self.driver.stock(number) == (item.on_hand, item.reserved)
            assert self.driver.movements(number) == item.movements
        for number, order in enumerate(self.shop.orders):
            assert self.driver.order(number) == self._seen(number)
            events = self.driver.events(number)
            assert events is None or events == ["order.created", *(f"order.{status}" for status in order.history[1:] if status != "paid")]
        for code, promotion in self.shop.promotions.items():
            assert self.driver.redemptions(code) in {None, promotion.redemptions}

    def _add_item(self, seller: int, price: int, category: str | None, units: int) -> int:
        self.driver.add_item(seller, price, category, units)
        return self.shop.add_item(seller, price, category, units)

    def _next_key(self) -> str:
        self._keys += 1
        return f"key-{self._keys}"

    def _expected(self, draft: OrderDraft) -> int | None:
        if draft.expected is None:
            return None
        return self._cost_of(draft) + (draft.expected == "wrong")

    def _cost_of(self, draft: OrderDraft) -> int:
        return sum(line.total for line in self.shop.price(draft))

    def _agree(self, step: str, objections: set[str], result: object) -> None:
        """The product gives one of the objections, or succeeds if there is none."""
        if isinstance(result, SeenProblem):
            self.happened[f"{step}: {result.type}"] += 1
            assert result.type in objections, (result, objections)
        else:
            self.happened[step] += 1
            assert not objections, (result, objections)

    def _agree_on_quote(self, draft: OrderDraft, quote: SeenQuote | SeenProblem, objections: set[str]) -> None:
        """The obstacles of a quote are exactly the objections, and its lines are those of an order placed now."""
        if isinstance(quote, SeenProblem):
            assert quote.type in objections & {"item-unavailable", "validation-failed"}
            return
        assert quote.obstacles == objections
        assert quote.lines == seen_lines(self.shop.price(draft))
        assert quote.total == sum(line.total for line in quote.lines)

    def _seen(self, number: int) -> SeenOrder:
        order = self.shop.orders[number]
        return SeenOrder(
            status=order.status,
            lines=seen_lines(order.lines),
            subtotal=sum(line.gross for line in order.lines),
            discount=sum(line.discount for line in order.lines),
            tax=sum(line.tax for line in order.lines),
            total=order.total,
            refunded=order.refunded,
            history=tuple(order.history),
        )


class PaidShopMachine(ShopMachine):
    """The machine with payments, for drivers that can pay."""

    @precondition(lambda self: any(order.status == "pending" for order in self.shop.orders))
    @rule(pick=st.integers(0, 99))
    def pay(self, pick: int) -> None:
        pending = [number for number, order in enumerate(self.shop.orders) if order.status == "pending"]
        number = pending[pick % len(pending)]
        self.shop.pay(number)
        self.driver.pay(number)
        self.happened["pay"] += 1
