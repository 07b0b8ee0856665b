"""The money rules: values in, values out."""

import hypothesis
import pytest
from hypothesis import strategies as st

from steelyard.features.orders.pricing import Goods, calculate_price, tax_on
from tests.kit.world.promotions import fixed, percent

MAX_AMOUNT = 1_000_000_000


def goods(*lines: tuple[int, int], category: str | None = None) -> list[Goods]:
    return [Goods(number, 1, None, "Lamp", category, unit_price, quantity) for number, (unit_price, quantity) in enumerate(lines, start=1)]


baskets = st.lists(st.tuples(st.integers(0, MAX_AMOUNT) | st.integers(0, 50), st.integers(1, 1000)), min_size=1, max_size=50)
promotions = st.none() | st.builds(percent, st.integers(1, 10_000)) | st.builds(fixed, st.integers(0, 10**15) | st.integers(0, 100))


@hypothesis.given(baskets, promotions, st.integers(0, 10_000))
def test_a_price_is_the_sum_of_its_lines_and_no_line_is_negative(
    lines: list[tuple[int, int]], promotion: object, tax_rate_bps: int
) -> None:
    cost = calculate_price(goods(*lines), promotion, tax_rate_bps)  # type: ignore[arg-type]

    assert cost.total == cost.subtotal - cost.discount + cost.tax == sum(line.total for line in cost.lines)
    assert cost.discount == sum(line.discount for line in cost.lines)
    assert cost.tax == sum(line.tax for line in cost.lines)
    assert cost.units == sum(quantity for _, quantity in lines)
    assert 0 <= cost.discount <= cost.subtotal
    assert all(0 <= line.discount <= line.goods.gross and line.total >= 0 for line in cost.lines)
    assert cost.total <= 2**53 - 1


@hypothesis.given(baskets, st.integers(1, 10_000))
def test_a_percentage_is_taken_of_the_whole_and_rounded_down_once(lines: list[tuple[int, int]], percent_bps: int) -> None:
    cost = calculate_price(goods(*lines), percent(percent_bps), 0)

    assert cost.discount == cost.subtotal * percent_bps // 10_000


@hypothesis.given(baskets, st.integers(1, 10_000))
def test_no_line_is_further_than_a_unit_from_its_exact_share(lines: list[tuple[int, int]], percent_bps: int) -> None:
    cost = calculate_price(goods(*lines), percent(percent_bps), 0)

    for line in cost.lines:
        exact = cost.discount * line.goods.gross
        assert abs(line.discount * cost.subtotal - exact) < max(cost.subtotal, 1)


@hypothesis.given(baskets, st.integers(0, 10**16))
def test_a_fixed_amount_never_makes_a_basket_cheaper_than_free(lines: list[tuple[int, int]], amount: int) -> None:
    cost = calculate_price(goods(*lines), fixed(amount), 0)

    assert cost.discount == min(amount, cost.subtotal)


@pytest.mark.parametrize(
    ("lines", "amount", "shares"),
    [
        ([(1, 1), (1, 1), (1, 1)], 1, [1, 0, 0]),  # a tie goes to the earlier line
        ([(1, 1), (1, 1), (1, 1)], 2, [1, 1, 0]),
        ([(100, 1), (200, 1)], 100, [33, 67]),  # the larger remainder gets the last unit
        ([(0, 5), (10, 1)], 3, [0, 3]),
        ([(0, 5)], 3, [0]),
    ],
)
def test_a_discount_is_spread_by_largest_remainder(lines: list[tuple[int, int]], amount: int, shares: list[int]) -> None:
    cost = calculate_price(goods(*lines), fixed(amount), 0)

    assert [line.discount for line in cost.lines] == shares


def test_a_discount_is_spread_over_the_lines_that_it_fits() -> None:
    lamps, books = goods((100, 1), (50, 1), category="lamps"), goods((1000, 9), category="books")

    cost = calculate_price([*lamps, *books], percent(1000, category="lamps"), 0)

    assert [line.discount for line in cost.lines] == [10, 5, 0]


@pytest.mark.parametrize(
    ("amount", "rate_bps", "tax"), [(100, 825, 8), (6, 825, 0), (200, 25, 1), (199, 25, 0), (0, 10_000, 0), (7, 10_000, 7)]
)
def test_tax_is_rounded_half_up(amount: int, rate_bps: int, tax: int) -> None:
    assert tax_on(amount, rate_bps) == tax


def test_tax_is_calculated_after_the_discount() -> None:
    cost = calculate_price(goods((1000, 1)), fixed(400), 1000)

    assert (cost.tax, cost.total) == (60, 660)
