"""The services side by side with the model, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from steelyard.settings import Settings
from tests.kit.model.driver import ServiceDriver
from tests.kit.model.machine import PaidShopMachine
from tests.kit.servers.databases import Databases
from tests.kit.servers.dialects import BOTH
from tests.kit.world.clock import Clock
from tests.kit.world.market import Market

TERMS = Settings(tax_rate_bps=825, reservation_seconds=300)


@pytest.fixture(params=BOTH)
def driver(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[ServiceDriver]:
    with asyncio.Runner() as runner:
        opened = databases.of_the_product(request.param, tmp_path)
        market = Market(runner.run(opened.__aenter__()), Clock(), TERMS)
        yield ServiceDriver(market, runner)
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.slow
def test_the_marketplace_behaves_like_the_model(driver: ServiceDriver) -> None:
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
            # No shrinking: the steps of a failure are few enough to read, and shrinking takes minutes on a real database.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    # A run that creates nothing or rejects nothing tests nothing.
    assert counted["place"] > 10, counted
    assert len([what for what in counted if what.startswith("place: ")]) >= 3, counted
    assert any(counted[f"cancel by {who}"] for who in ("buyer", "seller", "admin")), counted
    assert any(what.startswith("cancel by ") and ": " in what for what in counted), counted
    assert counted["pay"], counted
    assert counted["expired"], counted
