"""The fake is strict: it fails for an unscripted request, an unused response, and a response that the contract does not declare."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import httpx
import pytest

from steelyard_client import Steelyard, calls, errors, models, operations
from steelyard_client.testing import FakeSteelyard
from steelyard_runtime.operation import Operation
from tests.sdk.kit import EXAMPLES, PROBLEMS

ORDER = models.Order.from_dict(EXAMPLES["create_order"])


def test_an_operation_returns_the_contracts_example() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.get_item)
        assert fake.steelyard().items.get(7).title == "Brass desk lamp"
        assert fake.steelyard().items.get(8).title == "Brass desk lamp"


def test_each_scripted_response_is_used_once_in_turn() -> None:
    fake = FakeSteelyard().on(operations.create_order, ORDER, ORDER.__replace__(id=99))
    client = fake.steelyard()

    assert [client.orders.create(product_id=7, quantity=1).id for _ in range(2)] == [ORDER.id, 99]
    with pytest.raises(AssertionError, match="createOrder"):
        client.orders.create(product_id=7, quantity=1)


def test_a_response_may_depend_on_the_request() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.create_order, lambda request: ORDER.__replace__(discount_code=request.headers["idempotency-key"]))
        assert fake.steelyard().orders.create(product_id=7, quantity=1, idempotency_key="k").discount_code == "k"
        assert (fake.calls[0].operation, fake.calls[0].body) == (operations.create_order, {"product_id": 7, "quantity": 1})


async def test_the_fake_works_with_the_asynchronous_client() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.list_items)
        async with fake.async_steelyard() as client:
            assert [item.id async for item in client.items.list(limit=2)] == [7]
        assert fake.calls[0].query == {"limit": "2"}


def test_a_problem_has_the_members_of_the_example_or_of_the_test() -> None:
    with FakeSteelyard() as fake:
        fake.fail(operations.create_order, errors.InsufficientStock, items=[models.Shortage(product_id=7, requested=3, available=2)])
        with pytest.raises(errors.InsufficientStock) as raised:
            fake.steelyard().orders.create(product_id=7, quantity=3)
    assert (raised.value.items[0].available, raised.value.status) == (2, 409)


@pytest.mark.parametrize("after_sending", [True, False])
def test_a_repeatable_call_succeeds_after_a_lost_connection(after_sending: bool) -> None:
    with FakeSteelyard() as fake:
        fake.lose(operations.cancel_order, after_sending=after_sending).on(operations.cancel_order, ORDER)

        assert fake.steelyard().orders.cancel(7, reason="late").id == ORDER.id

        assert len(fake.calls) == 2
        assert len({call.request.headers["idempotency-key"] for call in fake.calls}) == 1


@pytest.mark.parametrize(("after_sending", "sends"), [(True, 1), (False, 2)])
def test_an_unrepeatable_call_is_sent_again_only_if_it_was_never_sent(after_sending: bool, sends: int) -> None:
    with FakeSteelyard() as fake:
        fake.lose(operations.issue_token, after_sending=after_sending)
        if not after_sending:
            fake.on(operations.issue_token)

        with pytest.raises(errors.ConnectionFailed) if after_sending else nullcontext():
            fake.steelyard().auth.issue_token(username="a", password="b")

        assert len(fake.calls) == sends


# As seen by code that is not type-checked.
ANY_ITEM: Operation[Any] = operations.get_item
NOTHING: Operation[Any] = operations.delete_item
AS_TEXT: Any = "getItem"
AS_FUNCTION: Any = calls.get_item
NO_PROBLEM: Any = errors.ConnectionFailed
SCRIPTS: list[tuple[Callable[[FakeSteelyard], Any], str]] = [
    (lambda fake: fake.on(ANY_ITEM, ORDER), "returns Item, not Order"),
    (lambda fake: fake.on(ANY_ITEM, {"id": 7}), "the object cannot be read as one"),
    (lambda fake: fake.on(NOTHING, ORDER), "has no body"),
    (lambda fake: fake.fail(operations.get_item, errors.InsufficientStock), "does not declare InsufficientStock"),
    (lambda fake: fake.fail(operations.create_order, errors.InsufficientStock, item=[]), "has no member item"),
    (lambda fake: fake.on(AS_TEXT), "such as operations.get_item; given: 'getItem'"),
    (lambda fake: fake.on(AS_FUNCTION), "such as operations.get_item; given: function"),
    (lambda fake: fake.lose(AS_TEXT, after_sending=True), "such as operations.get_item; given: 'getItem'"),
    (lambda fake: fake.fail(AS_TEXT, errors.ItemNotFound), "such as operations.get_item; given: 'getItem'"),
    (lambda fake: fake.fail(ANY_ITEM, AS_TEXT), "such as errors.ItemNotFound; given: 'getItem'"),
    (lambda fake: fake.fail(ANY_ITEM, NO_PROBLEM), r"given: ConnectionFailed. lose\(\) breaks a connection"),
]


@pytest.mark.parametrize(("script", "reason"), SCRIPTS)
def test_a_script_that_breaks_the_contract_raises_at_once(script: Callable[[FakeSteelyard], Any], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        script(FakeSteelyard())


def test_the_end_of_the_block_raises_a_suppressed_failure() -> None:
    with pytest.raises(AssertionError, match="no response is scripted for getItem"), FakeSteelyard() as fake, suppress(AssertionError):
        fake.steelyard().items.get(7)


def test_the_end_of_the_block_raises_for_an_unused_response() -> None:
    with pytest.raises(AssertionError, match="1 of getItem"), FakeSteelyard() as fake:
        fake.on(operations.get_item)


def test_a_whole_path_has_to_match_and_a_literal_one_wins() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.get_current_user).on(operations.delete_item)
        client = fake.steelyard()
        assert client.users.get_current().view == "full"
        client.items.delete(7)
    with pytest.raises(AssertionError, match="GET /items/7/other"), FakeSteelyard() as fake:
        fake.http().get("https://fake.test/items/7/other")


def test_any_client_works_with_the_http_client_of_the_fake() -> None:
    with FakeSteelyard() as fake:
        fake.on(operations.get_item)
        assert Steelyard("https://shop.example", http=fake.http()).items.get(7).id == 7


def test_every_operation_with_a_response_body_has_an_example() -> None:
    without = [key for key in operations.__all__ if getattr(operations, key).parse is not None and key not in EXAMPLES]

    assert without == []
    assert PROBLEMS.keys() >= {name for key in operations.__all__ for name in getattr(operations, key).problems}


def test_a_function_may_return_a_whole_response() -> None:
    with FakeSteelyard() as fake:
        respond: Any = lambda _: httpx.Response(503)  # noqa: E731  # `on` expects the type that the operation returns
        fake.on(operations.get_item, respond)
        with pytest.raises(errors.ApiError):
            fake.steelyard().items.get(7)


def test_the_examples_keep_their_keys_for_the_whole_major_version() -> None:
    examples = FakeSteelyard().examples()

    assert examples.keys() == {"answers", "problems"}
    assert all(examples.values())
