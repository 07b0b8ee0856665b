"""A marketplace to look at: people, a catalogue, stock, orders and discount codes, the same at each start but for the dates.

The ids that the examples of the contract name exist here: user 3 and her item 7, bob's address 5 and his order 12. So what /docs
fills into its forms can be executed as it stands.

Everything is made by the services that requests use, so the ledger, the events and the totals are those of a real market.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.features.auth import sessions as auth
from steelyard.features.items import service as items
from steelyard.features.orders import cancelling, placing
from steelyard.features.promotions import queries as codes
from steelyard.features.users import queries as people
from steelyard.features.users import service as users
from steelyard.security.passwords import PasswordHasher
from steelyard.settings import Settings
from steelyard_contract import models as m

PASSWORD = "steelyard demo"  # noqa: S105  # it is printed at each start
CURRENCY = "USD"
DAYS = 60
# Items that come in together. One commit each would take the time of 240 writes to the disk.
BATCH = 12


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Somebody of the demo, and what that account is good for."""

    email: str
    name: str
    role: str
    good_for: str
    bio: str | None = None


LOGINS = (
    DemoLogin("admin@example.com", "Ada Brandt", "admin", "may do everything"),
    DemoLogin("support@example.com", "Sam Okafor", "support", "reads everybody's accounts and orders"),
    DemoLogin("alice@example.com", "Alice Johnson", "user", "sells most of the catalogue", "Kitchen, coffee and a few good books."),
    DemoLogin("bob@example.com", "Bob Lindqvist", "user", "buys; has orders in several states", "Looking for a pan that lasts."),
    DemoLogin("carol@example.com", "Carol Meyer", "user", "sells the rest", "Bicycles, audio and what belongs outdoors."),
    DemoLogin("dan@example.com", "Dan Rossi", "user", "buys now and then"),
)
ADDRESSES = {
    "support@example.com": {
        "Home": {"street": "3 Wharf Lane", "city": "Boston", "zip_code": "02110"},
        "Desk": {"street": "1 Exchange Place", "city": "Boston", "zip_code": "02109"},
    },
    "alice@example.com": {
        "Home": {"street": "7 Mill Lane", "city": "Salem", "zip_code": "97301"},
        "Workshop": {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201"},
    },
    "bob@example.com": {
        "Home": {"street": "12 Canal Street", "city": "Portland", "zip_code": "97209"},
        "Office": {"street": "Torstrasse 140", "city": "Berlin", "country": "DE", "zip_code": "10119"},
    },
}
# By the id that the order of LOGINS gives.
ADMIN, SUPPORT, ALICE, BOB, CAROL, DAN = range(1, len(LOGINS) + 1)
SOLD_BY_CAROL = {"audio", "bicycles", "outdoor", "toys"}


class DemoClock:
    """The clock under which the past is written; from then on it is the clock behind it."""

    def __init__(self, today: datetime) -> None:
        self.today = today
        self._moment = today

    def __call__(self) -> datetime:
        """The moment that the next transaction takes for now."""
        return self._moment

    def go_to(self, *, days_ago: float) -> None:
        """Turn to a day before today."""
        self._moment = self.today - timedelta(days=days_ago)


def catalogue() -> Iterator[tuple[m.ItemCreate, int]]:
    """What is offered, and by whom: each line of the list in all its variants."""
    text = (resources.files("steelyard.demo") / "catalogue.txt").read_text("utf-8")
    number = 0
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        category, title, variants, prices, description = (part.strip() for part in line.split(" | "))
        first, step = map(int, prices.split(","))
        for at, variant in enumerate(variants.split(";")):
            number += 1
            price = first + at * step
            yield (
                m.ItemCreate(
                    sku=f"{category[:3].upper()}-{number:04}",
                    title=_sentences(title.format(variant)),
                    description=_sentences(description.format(variant)),
                    price=m.Price(amount=price, currency=CURRENCY),
                    category=category,
                    tags=_tags(title, category),
                    # Every eleventh is sold out, every ninth nearly so; what is cheap comes in larger numbers.
                    on_hand=0 if number % 11 == 0 else 2 if number % 9 == 0 else (8 + number * 7 % 140) * (10 if price < 1000 else 1),
                    status=m.ItemStatusInput.draft if number % 37 == 0 else m.ItemStatusInput.active,
                ),
                CAROL if category in SOLD_BY_CAROL else ALICE,
            )


def _sentences(text: str) -> str:
    return re.sub(r"(?:^|\. )[a-z]", lambda start: start[0].upper(), text)


def _tags(title: str, category: str) -> list[str]:
    words = [word.strip(",:.()").lower() for word in title.split()]
    plain = [word for word in words if word.isalpha() and word.isascii() and len(word) > 3]
    return list(dict.fromkeys([*plain[:2], category]))


async def seed(database: Database, settings: Settings, passwords: PasswordHasher, calendar: DemoClock) -> None:
    """Fill an empty database. Its clock must be `calendar`."""
    callers = await _people(database, passwords, calendar)
    ids = await _catalogue(database, calendar, callers)
    await _codes(database, calendar)
    await _orders(_Market(database, settings, calendar, callers, ids))
    await _ledger(database, calendar, callers, ids)


async def _people(database: Database, passwords: PasswordHasher, calendar: DemoClock) -> dict[int, Caller]:
    """Register all of them; each as a caller, until today."""
    calendar.go_to(days_ago=DAYS)
    for login in LOGINS:
        addresses = [
            m.AddressCreate(label=label, is_default=label == "Home", **place) for label, place in ADDRESSES.get(login.email, {}).items()
        ]
        draft = m.UserCreate(name=login.name, email=login.email, password=PASSWORD, bio=login.bio, age=34, addresses=addresses)
        async with database.transaction() as tx:
            if login.role == "admin":
                await users.create_admin(tx, name=login.name, email=login.email, password=PASSWORD, passwords=passwords)
            else:
                await users.create_user(tx, draft=draft, passwords=passwords)
    async with database.transaction() as tx:
        await tx.one(people.update_access, user_id=SUPPORT, role="support", is_active=True, now=tx.now)
        return {
            user_id: await auth.act_for(tx, user_id=user_id, role="admin" if user_id == ADMIN else "user", until=calendar.today)
            for user_id in (ADMIN, ALICE, BOB, CAROL, DAN)
        }


async def _catalogue(database: Database, calendar: DemoClock, callers: dict[int, Caller]) -> dict[str, int]:
    """Offer everything; the id of each title."""
    offered, ids = list(catalogue()), dict[str, int]()
    for start in range(0, len(offered), BATCH):
        calendar.go_to(days_ago=DAYS - 1 - start * (DAYS - 3) / len(offered))
        async with database.transaction() as tx:
            for draft, owner_id in offered[start : start + BATCH]:
                item = await items.create_item(tx, caller=callers[owner_id], draft=draft, currency=CURRENCY)
                ids[item.title] = item.id
    return ids


async def _codes(database: Database, calendar: DemoClock) -> None:
    calendar.go_to(days_ago=20)
    async with database.transaction() as tx:
        await tx.one(codes.insert_promotion, **_code("PROMO-WELCOME", percent_bps=1000, max_per_user=5), now=tx.now)
        await tx.one(codes.insert_promotion, **_code("PROMO-BULK", amount=2500, max_redemptions=100, min_subtotal=20_000), now=tx.now)


def _code(code: str, **said: int) -> dict[str, object]:
    unsaid = ("percent_bps", "amount", "starts_at", "ends_at", "max_redemptions", "max_per_user", "min_subtotal", "category", "item_ids")
    kind = "percent" if "percent_bps" in said else "fixed"
    return {"code": code, "kind": kind, "is_active": True} | dict.fromkeys(unsaid) | said


async def _orders(market: "_Market") -> None:
    """Expired, cancelled and pending ones, in the order in which they were placed."""
    await market.order(DAN, {"Espresso cups white, set of four": 1}, days_ago=31)
    await market.order(BOB, {"Notebook dotted": 3}, days_ago=27)
    await market.order(CAROL, {"Linen lamp shade, natural": 2}, days_ago=22)
    await market.order(DAN, {"Beeswax candle": 12}, days_ago=18)
    await market.order(CAROL, {"Pepper mill 18 cm": 1}, days_ago=14)
    await market.order(BOB, {"Hand grinder, black steel": 1}, days_ago=12)
    attic = await market.order(BOB, {"French press for four": 2, "Cast-iron pan 28 cm": 1}, days_ago=3)
    await market.order(DAN, {"Multi-tool with 10 functions": 1}, days_ago=9)
    await market.call_off(attic, days_ago=1.6)
    await market.expire_overdue(days_ago=1.5)
    await market.order(BOB, {"Chef's knife, 20 cm": 1, "Guatemala Huehuetenango beans, 1 kg": 2}, days_ago=1.4, code="PROMO-WELCOME")
    await market.order(DAN, {"Pour-over cone, porcelain white": 4}, days_ago=0.5)
    await market.order(BOB, {"Paper filters size 02, 100 pieces": 110}, days_ago=0.2, code="PROMO-BULK")
    await market.order(BOB, {"Brass desk lamp": 1, "Beeswax candle": 6}, days_ago=0.15)
    await market.order(ALICE, {"Wool blanket, grey": 1, "Dry bag 20 l": 2}, days_ago=0.1)


class _Market:
    """Buys by title."""

    def __init__(
        self, database: Database, settings: Settings, calendar: DemoClock, callers: dict[int, Caller], ids: dict[str, int]
    ) -> None:
        self._database = database
        self._settings = settings
        self._calendar = calendar
        self._callers = callers
        self._ids = ids
        self._bought = 0

    async def order(self, buyer_id: int, wanted: dict[str, int], *, days_ago: float, code: str | None = None) -> int:
        self._calendar.go_to(days_ago=days_ago)
        self._bought += 1
        lines = [m.BasketLine(product_id=self._ids[title], quantity=quantity) for title, quantity in wanted.items()]
        draft = m.BasketOrder(lines=lines, discount_code=code)
        async with self._database.transaction() as tx:
            placed = await placing.create_order(
                tx, caller=self._callers[buyer_id], draft=draft, key=f"demo-{self._bought}", settings=self._settings
            )
        return placed.order.id

    async def call_off(self, order_id: int, *, days_ago: float) -> None:
        self._calendar.go_to(days_ago=days_ago)
        async with self._database.transaction() as tx:
            await cancelling.cancel_order(
                tx, caller=self._callers[BOB], order_id=order_id, draft=m.CancelOrder(reason="Found one in the attic")
            )

    async def expire_overdue(self, *, days_ago: float) -> None:
        self._calendar.go_to(days_ago=days_ago)
        await cancelling.expire_orders(self._database)


async def _ledger(database: Database, calendar: DemoClock, callers: dict[int, Caller], ids: dict[str, int]) -> None:
    """What happens to stock besides selling it."""
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
        calendar.go_to(days_ago=2 - hour / 24)
        movement = m.StockMovementCreate(delta=delta, reason=reason, note=note)
        async with database.transaction() as tx:
            await items.record_stock_movement(tx, caller=callers[ADMIN], item_id=ids[title], movement=movement)
