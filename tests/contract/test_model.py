"""The application over HTTP side by side with the model of the shop, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.kit.model.http_driver import HttpDriver
from tests.kit.model.machine import PaidShopMachine
from tests.kit.servers.databases import Databases
from tests.kit.servers.running import running
from tests.kit.world.clock import Clock

TAX_RATE_BPS, RESERVATION_S = 825, 300


@pytest.fixture(params=["sqlite", "postgresql"])
def driver(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[HttpDriver]:
    with asyncio.Runner() as runner:
        opened = databases.of_the_product(request.param, tmp_path)
        database = runner.run(opened.__aenter__())
        application = running(database, Clock(), tax_rate_bps=TAX_RATE_BPS, reservation_seconds=RESERVATION_S)
        yield HttpDriver(runner.run(application.__aenter__()), runner)
        runner.run(application.__aexit__(None, None, None))
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.slow
def test_the_shop_responds_as_the_model_does(driver: HttpDriver) -> None:
    counted: Counter[str] = Counter()
    named = {"driver": driver, "tax_rate_bps": TAX_RATE_BPS, "reservation_s": RESERVATION_S, "happened": counted}

    run_state_machine_as_test(
        type("Machine", (PaidShopMachine,), named),
        settings=settings(
            max_examples=8,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    # A run without successes or without problems proves nothing.
    assert counted["place"] > 10, counted
    assert counted["replay"] > 0, counted
    assert len([what for what in counted if what.startswith("place: ")]) >= 3, counted
    assert any(counted[f"cancel by {who}"] for who in ("buyer", "seller", "admin")), counted
    assert counted["pay"], counted
    assert counted["expired"], counted
