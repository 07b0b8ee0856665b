"""Fills an empty database with a marketplace: users, items, stock, promotions and orders, the same at each start but for the dates.

The ids in the examples of the contract exist here: Alice is user 3 and sells item 7, Bob has address 5 and order 12. So the requests that
/docs fills into its forms succeed as they stand.

Everything is written by the services that requests use, so stock movements, events and totals are those of a real marketplace.
"""

from collections.abc import Callable
from dataclasses import dataclass

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.demo.catalogue import CURRENCY, catalogue, further_items
from steelyard.demo.clock import DemoClock
from steelyard.demo.people import ADMIN, ALICE, BOB, CAROL, DAN, register
from steelyard.features.items import service as items
from steelyard.features.items import stock
from steelyard.features.orders import cancelling, placing
from steelyard.features.promotions import service as promotions
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard_contract import models as m

_DAYS = 60
# Items per transaction: 240 commits would take several seconds.
_BATCH = 12
# Further items are inserted together.
_LARGE_BATCH = 1000


async def seed(
    database: Database,
    settings: Settings,
    passwords: PasswordHasher,
    clock: DemoClock,
    *,
    item_count: int = 0,
    on_items: Callable[[int], None] = lambda _: None,
) -> None:
    """Fill an empty database, whose clock is `clock`.

    With more items than the catalogue has if `item_count` is larger; `on_items` is called with the number of each batch that was added.
    """
    clock.set_back(days=_DAYS)
    # The sample users have verified nothing, and the prices of the catalogue have its currency.
    settings = settings.model_copy(update={"require_verified_email": False, "currency": CURRENCY})
    market = _Market(database, settings, clock, callers=await register(database, passwords, clock), items={})
    await _create_items(market)
    await _create_promotions(market)
    await _create_orders(market)
    await _record_movements(market)
    on_items(len(market.items))
    await _create_further_items(market, item_count, on_items)


@dataclass(frozen=True, slots=True)
class _Market:
    """Places and cancels orders of items by their titles."""

    database: Database
    settings: Settings
    clock: DemoClock
    callers: dict[int, Caller]
    items: dict[str, int]

    async def order(self, buyer_id: int, quantities: dict[str, int], *, days_ago: float, code: str | None = None) -> int:
        """Place an order; its id."""
        self.clock.set_back(days=days_ago)
        lines = [m.BasketLine(product_id=self.items[title], quantity=quantity) for title, quantity in quantities.items()]
        draft = m.BasketOrder(lines=lines, discount_code=code)
        async with self.database.transaction() as tx:
            details = await placing.create_order(
                tx, caller=self.callers[buyer_id], draft=draft, key=f"demo-{days_ago}", settings=self.settings
            )
        return details.order.id

    async def cancel(self, order_id: int, *, days_ago: float) -> None:
        """Cancel an order of Bob's."""
        self.clock.set_back(days=days_ago)
        draft = m.CancelOrder(reason="Found one in the attic")
        async with self.database.transaction() as tx:
            await cancelling.cancel_order(tx, caller=self.callers[BOB], order_id=order_id, draft=draft)

    async def expire(self, *, days_ago: float) -> None:
        """Expire the orders that were not paid in time."""
        self.clock.set_back(days=days_ago)
        await cancelling.expire_orders(self.database)


async def _create_items(market: _Market) -> None:
    drafts = list(catalogue())
    for start in range(0, len(drafts), _BATCH):
        market.clock.set_back(days=_DAYS - 1 - start * (_DAYS - 3) / len(drafts))
        async with market.database.transaction() as tx:
            for draft, owner_id in drafts[start : start + _BATCH]:
                item = await items.create_item(tx, caller=market.callers[owner_id], draft=draft, settings=market.settings)
                market.items[item.title] = item.id


async def _create_further_items(market: _Market, item_count: int, on_items: Callable[[int], None]) -> None:
    """Older than the catalogue, so that the newest items are those of the examples."""
    market.clock.set_back(days=_DAYS)
    for start in range(len(market.items), item_count, _LARGE_BATCH):
        drafts = list(further_items(start, min(start + _LARGE_BATCH, item_count)))
        async with market.database.transaction() as tx:
            for seller_id in (ALICE, CAROL):
                own = [draft for draft, owner_id in drafts if owner_id == seller_id]
                await items.create_items(tx, caller=market.callers[seller_id], drafts=own, settings=market.settings)
        on_items(len(drafts))


async def _create_promotions(market: _Market) -> None:
    market.clock.set_back(days=20)
    async with market.database.transaction() as tx:
        await promotions.create_promotion(tx, code="PROMO-WELCOME", percent_bps=1000, max_per_user=5)
        await promotions.create_promotion(tx, code="PROMO-BULK", amount=2500, max_redemptions=100, min_subtotal=20_000)


async def _create_orders(market: _Market) -> None:
    """Expired, cancelled and pending orders."""
    await market.order(DAN, {"Espresso cups white, set of four": 1}, days_ago=31)
    await market.order(BOB, {"Notebook dotted": 3}, days_ago=27)
    await market.order(CAROL, {"Linen lamp shade, natural": 2}, days_ago=22)
    await market.order(DAN, {"Beeswax candle": 12}, days_ago=18)
    await market.order(CAROL, {"Pepper mill 18 cm": 1}, days_ago=14)
    await market.order(BOB, {"Hand grinder, black steel": 1}, days_ago=12)
    cancelled = await market.order(BOB, {"French press for four": 2, "Cast-iron pan 28 cm": 1}, days_ago=3)
    await market.order(DAN, {"Multi-tool with 10 functions": 1}, days_ago=9)
    await market.cancel(cancelled, days_ago=1.6)
    await market.expire(days_ago=1.5)
    await market.order(BOB, {"Chef's knife, 20 cm": 1, "Guatemala Huehuetenango beans, 1 kg": 2}, days_ago=1.4, code="PROMO-WELCOME")
    await market.order(DAN, {"Pour-over cone, porcelain white": 4}, days_ago=0.5)
    await market.order(BOB, {"Paper filters size 02, 100 pieces": 110}, days_ago=0.2, code="PROMO-BULK")
    await market.order(BOB, {"Brass desk lamp": 1, "Beeswax candle": 6}, days_ago=0.15)
    await market.order(ALICE, {"Wool blanket, grey": 1, "Dry bag 20 l": 2}, days_ago=0.1)


async def _record_movements(market: _Market) -> None:
    """Changes of stock that are not sales."""
    reasons = m.RecordableReason
    movements = (
        ("Hand grinder, black steel", 24, reasons.received, "Second delivery of the month"),
        ("Hand grinder, black steel", -1, reasons.damage, "Cracked in transit"),
        ("French press for four", -2, reasons.correction, "Counted on Friday"),
        ("Chef's knife, 20 cm", 1, reasons.customer_return, "Unopened"),
        ("Wool blanket, grey", 12, reasons.received, "From the mill"),
        ("Wool blanket, grey", -1, reasons.correction, "Counted twice before"),
    )
    for hour, (title, delta, reason, note) in enumerate(movements):
        market.clock.set_back(days=2 - hour / 24)
        movement = m.StockMovementCreate(delta=delta, reason=reason, note=note)
        async with market.database.transaction() as tx:
            await stock.record_stock_movement(tx, caller=market.callers[ADMIN], item_id=market.items[title], movement=movement)
