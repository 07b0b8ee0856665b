"""The services side by side with the model, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from steelyard.settings import Settings
from tests.kit.databases import Databases
from tests.kit.market import Market
from tests.kit.people import Clock
from tests.kit.shop_driver import ServiceDriver
from tests.kit.shop_machine import PaidShopMachine

TERMS = Settings(tax_rate_bps=825, reservation_seconds=300)

# What a run is worth nothing without: each rule has to fire.
EXPECTED = {
    "place",
    "place: insufficient-stock",
    "place: promotion-not-applicable",
    "place: price-changed",
    "send_again: idempotency-key-reused",
    "cancel by buyer",
    "cancel by buyer: order-state-conflict",
    "cancel by stranger: order-not-found",
    "cancel by support: not-permitted",
    "pay",
    "expired",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def driver(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[ServiceDriver]:
    with asyncio.Runner() as runner:
        opened = databases.of_the_product(request.param, tmp_path)
        market = Market(runner.run(opened.__aenter__()), Clock(), TERMS)
        yield ServiceDriver(market, runner)
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.slow
def test_whatever_happens_in_a_shop_happens_in_the_model(driver: ServiceDriver) -> None:
    counted: Counter[str] = Counter()
    machine = type(
        "Machine",
        (PaidShopMachine,),
        {"driver": driver, "tax_rate_bps": TERMS.tax_rate_bps, "reservation_s": TERMS.reservation_seconds, "happened": counted},
    )

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert {what for what, times in counted.items() if times} >= EXPECTED, counted
