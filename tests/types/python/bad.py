"""Mistakes of SDK users that a type checker reports: mypy and pyright find an error in each marked line, and in no other."""

from datetime import datetime

from steelyard_client import AsyncSteelyard, Steelyard, calls, errors, models, operations
from steelyard_client.testing import FakeSteelyard


def arguments(client: Steelyard) -> None:
    client.items.get("7")  # wrong
    client.items.get()  # wrong
    client.items.get(7, 8)  # wrong
    client.items.list("lamp")  # wrong
    client.items.list(limit="5")  # wrong
    client.items.list(sort="cheapest")  # wrong
    client.items.list(serach="lamp")  # wrong
    client.items.create(title="Lamp")  # wrong
    client.items.create(title="Lamp", price=1999)  # wrong
    client.items.create(title="Lamp", price={"amount": 1999})  # wrong
    client.items.create(title="Lamp", price={"amount": "1999", "currency": "USD"})  # wrong
    client.items.create(title=None, price=models.Price(amount=1, currency="USD"))  # wrong
    client.items.update(7, title=None)  # wrong
    draft: models.ItemCreateDict = {"title": "Lamp"}  # wrong
    client.items.create(**draft, name="Lamp")  # wrong
    client.items.update(7, if_match=4)  # wrong
    client.orders.create(product_id=7)  # wrong
    client.orders.create(product_id=7, quantity=1, lines=[])  # wrong
    client.orders.create(lines=[{"product_id": 7}])  # wrong
    client.orders.list(created_after="yesterday")  # wrong
    client.users.set_access(7, role="king", is_active=True)  # wrong
    models.Price(1, "USD")  # wrong
    models.Price(amount=1)  # wrong


def responses(client: Steelyard) -> None:
    client.items.get(7).titel  # wrong
    client.users.get(7).email  # wrong
    client.items.list().total  # wrong
    price: int = client.items.get(7).price  # wrong
    category: str = client.items.get(7).category  # wrong
    made: str = client.items.get(7).created_at  # wrong
    moment: datetime = client.send(calls.get_root()).value.version  # wrong
    for order in client.orders.list():
        order.lines  # wrong
    print(price, category, made, moment)


async def asynchronous(client: AsyncSteelyard) -> None:
    for item in client.items.list():  # wrong
        pass
    (await client.items.get(7)).titel  # wrong
    client.items.get(7).title  # wrong


def problems(client: Steelyard, error: errors.InsufficientStock) -> None:
    error.items[0].availabel  # wrong
    error.item  # wrong
    errors.OutOfStock  # wrong
    Steelyard()  # wrong
    Steelyard("https://shop.example", user="ann")  # wrong


def fakes(order: models.Order) -> None:
    fake = FakeSteelyard()
    fake.on(operations.get_item, order)  # wrong
    fake.fail(operations.get_item, ValueError)  # wrong
    operations.get_nothing  # wrong
