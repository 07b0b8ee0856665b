"""The states of an order."""

from itertools import pairwise

import pytest

from steelyard.features.orders.transitions import OPEN_STATUSES, TRANSITIONS, may_be_cancelled_by, next_statuses


def test_every_state_that_can_be_reached_is_known() -> None:
    assert {status for steps in TRANSITIONS.values() for status in steps} | {"pending"} == set(TRANSITIONS)


@pytest.mark.parametrize("final", ["delivered", "cancelled", "expired"])
def test_a_final_state_stays(final: str) -> None:
    assert next_statuses(final) == ()


def test_the_open_statuses_are_the_ones_that_are_not_final() -> None:
    assert set(OPEN_STATUSES) == {status for status in TRANSITIONS if next_statuses(status)}


@pytest.mark.parametrize(
    "way", [["pending", "paid", "shipped", "delivered"], ["pending", "cancelled"], ["pending", "expired"], ["paid", "cancelled"]]
)
def test_the_transitions_are_the_contract_s(way: list[str]) -> None:
    assert all(there in next_statuses(here) for here, there in pairwise(way))


def test_the_buyer_cannot_cancel_a_paid_order() -> None:
    assert may_be_cancelled_by("paid") == ("seller", "admin")
    assert may_be_cancelled_by("pending") == ("buyer", "seller", "admin")
