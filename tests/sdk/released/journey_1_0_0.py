"""What a program written for the SDK 1.0.0 does: each of its operations, with what it made of the answers. It never changes again.

    python journey_1_0_0.py URL STAFF_EMAIL STAFF_PASSWORD

It prints, as JSON, which SDK it met and which operations that one sent. The account belongs to an administrator.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from typing import TypeVar

import steelyard_client
from steelyard_client import AsyncSteelyard, Steelyard, calls, errors, models, operations

PASSWORD = "walks over the hill"
E = TypeVar("E", bound=errors.ApiError)


class Sent(logging.Handler):
    """The operations that the SDK says it has sent: a line for each attempt."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.names: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.DEBUG:
            self.names.add(record.getMessage().split()[0])


def refusal(kind: type[E], call: Callable[[], object]) -> E:
    """The refusal that a call has to meet."""
    try:
        call()
    except kind as met:
        return met
    raise AssertionError(f"{kind.__name__} was to be expected")


def person(url: str, name: str) -> tuple[Steelyard, int]:
    """Somebody new, and their client."""
    email = f"{name.lower()}@journey.example"
    with Steelyard(url) as visitor:
        made = visitor.users.create(name=name, email=email, password=PASSWORD, bio=f"I am {name}.", age=40)
    assert (made.email, made.role, made.age) == (email, models.Role.USER, 40)
    return Steelyard(url, username=email, password=PASSWORD), made.id


def look_around(url: str) -> None:
    with Steelyard(url) as visitor:
        assert visitor.system.get_root().version
        assert visitor.system.get_health().status == models.HealthStatus.OK
        assert visitor.system.get_public_data().currency


def keep_an_account(ann: Steelyard, ann_id: int) -> None:
    me = ann.users.get_current()
    ann.users.update(me.id, name="Ann Reed", email=me.email, age=None, bio=None, if_match=me)
    home = ann.users.create_address(street="7 Mill Lane", city="Salem", country="US", zip_code="97301", is_default=True)
    ann.users.update_address(home.id, street="9 Mill Lane", city="Salem", country="US", zip_code="97301", is_default=True)
    assert [one.street for one in ann.users.get_current().addresses] == ["9 Mill Lane"]
    ann.users.delete_address(home.id)
    found = ann.users.get(ann_id)
    assert isinstance(found, models.User)
    assert (found.name, found.bio, found.addresses) == ("Ann Reed", None, [])


def sell(ann: Steelyard) -> int:
    lamp = ann.items.create(
        title="Brass desk lamp", price=models.Price(amount=1999, currency="USD"), on_hand=20, status="active", tags=["brass"]
    )
    lamp = ann.items.update(lamp.id, title="Lamp, brass", if_match=lamp)
    moved = ann.items.record_stock_movement(lamp.id, delta=-2, reason="damage", note="Fell.")
    assert (moved.delta, moved.on_hand_after) == (-2, 18)
    assert [one.delta for one in ann.items.list_stock_movements(lamp.id, limit=1)] == [-2, 20]
    answer = ann.send(calls.get_item(lamp.id))
    assert answer.value.title == "Lamp, brass"
    assert ann.send(calls.get_item(lamp.id, if_none_match=answer.etag)).not_modified
    gone = ann.items.create(title="A mistake", price={"amount": 1, "currency": "USD"})
    ann.items.delete(gone.id)
    return lamp.id


def buy(bob: Steelyard, item_id: int) -> int:
    quote = bob.orders.quote(product_id=item_id, quantity=2)
    order = bob.orders.create(product_id=item_id, quantity=2, expected_total=quote.total)
    assert (order.status, order.total.amount) == (models.OrderStatus.PENDING, quote.total.amount)
    basket = bob.orders.create(lines=[{"product_id": item_id, "quantity": 1}])
    assert refusal(errors.InsufficientStock, lambda: bob.orders.create(product_id=item_id, quantity=99)).items[0].available == 15
    assert bob.orders.cancel(basket.id, reason="Ordered twice").status == models.OrderStatus.CANCELLED
    assert [one.id for one in bob.orders.list(status="pending", limit=1)] == [order.id]
    assert bob.orders.get(order.id).lines[0].product_id == item_id
    return order.id


def change_sessions(url: str, bob: Steelyard) -> None:
    me = bob.users.get_current()
    bob.users.change_password(current_password=PASSWORD, new_password=f"{PASSWORD} again")
    with Steelyard(url) as visitor:
        first, second = (visitor.auth.issue_token(grant_type="password", username=me.email, password=f"{PASSWORD} again") for _ in range(2))
        renewed = visitor.auth.issue_token(grant_type="refresh_token", refresh_token=first.refresh_token)
    with Steelyard(url, token=renewed.access_token) as session:
        session.auth.revoke_credential(second.session_id)
        session.auth.revoke_current_credential()
        assert refusal(errors.InvalidToken, session.users.get_current).status == 401


def administer(staff: Steelyard, url: str) -> None:
    guest, guest_id = person(url, "Gus")
    guest.close()
    staff.users.set_access(guest_id, role="support", is_active=False)
    (locked,) = staff.users.list(q="gus@journey.example", is_active=False)
    assert (locked.id, locked.role) == (guest_id, models.Role.SUPPORT)
    staff.users.delete(guest_id)


async def read_asynchronously(url: str, item_id: int) -> None:
    async with AsyncSteelyard(url) as visitor:
        assert (await visitor.items.get(item_id)).title == "Lamp, brass"
        assert item_id in [one.id async for one in visitor.items.list(search="lamp", sort="price", limit=1)]


def main(url: str, email: str, password: str) -> None:
    sent = Sent()
    logging.getLogger("steelyard_client").addHandler(sent)
    logging.getLogger("steelyard_client").setLevel(logging.DEBUG)
    look_around(url)
    (ann, ann_id), (bob, _) = person(url, "Ann"), person(url, "Bob")
    with ann, bob, Steelyard(url, username=email, password=password) as staff:
        keep_an_account(ann, ann_id)
        item_id = sell(ann)
        buy(bob, item_id)
        administer(staff, url)
        asyncio.run(read_asynchronously(url, item_id))
        change_sessions(url, bob)
    promised = {getattr(operations, key).name for key in operations.__all__}
    sys.stdout.write(
        json.dumps(
            {
                "file": steelyard_client.__file__,
                "version": steelyard_client.CONTRACT_VERSION,
                "digest": steelyard_client.CONTRACT_DIGEST,
                "sent": sorted(sent.names),
                "left_out": sorted(promised - sent.names),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
