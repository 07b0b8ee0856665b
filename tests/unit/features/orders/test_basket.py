"""The rules of a basket beyond its schema."""

from steelyard.contract.document import Document
from steelyard_contract.bounds import BULK_THRESHOLD


def test_the_contract_s_message_about_bulk_orders_names_its_bound() -> None:
    message = Document.load().get("/components/schemas/SingleItemOrder/then/x-message/msg")

    assert f"over {BULK_THRESHOLD} need" in message
