"""What a basket is held against beyond its schema."""

from steelyard.contract.document import Document
from steelyard.features.orders.basket import BULK_THRESHOLD


def test_baskets_and_orders_of_one_item_need_a_code_from_the_same_quantity_on() -> None:
    contract = Document.load()

    assert contract.get("/components/schemas/SingleItemOrder/if/properties/quantity/exclusiveMinimum") == BULK_THRESHOLD
    assert f"over {BULK_THRESHOLD} need" in contract.get("/components/schemas/SingleItemOrder/then/x-message/msg")
