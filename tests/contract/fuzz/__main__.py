"""Runs Schemathesis over HTTP against the application on SQLite, with a fixed seed; exit status 1 on any failure."""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from steelyard.db.database import Database
from steelyard.settings import Settings
from tests.contract.coverage.collecting import collecting
from tests.kit.contract.checker import BUNDLE
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.servers.schema import create_tables, import_tables
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

HERE = Path(__file__).parent
USUAL_SEED = "42"
MANY = 2000
# Few cases, the same in every run: the examples of the document, and both sides of each keyword of each schema.
SHORT = ("--phases", "examples,coverage")
# The share of valid cases that must be accepted or meet a conflict (409), once there are enough cases to decide.
MIN_SHARE, ENOUGH = 0.3, 10


def bearer() -> dict[str, Any]:
    """The contract for Schemathesis: its check `ignored_auth` does nothing for `type: oauth2`, so the scheme becomes bearer."""
    document: dict[str, Any] = json.loads(BUNDLE.read_bytes())
    for scheme in document["components"]["securitySchemes"].values():
        if scheme["type"] == "oauth2":
            scheme.clear()
            scheme.update(type="http", scheme="bearer")
    for item in document["paths"].values():
        for operation in item.values():
            for way in operation.get("security", []) if isinstance(operation, dict) else []:
                way.update({name: [] for name in way})
    return document


async def prepare(settings: Settings, clock: Clock) -> dict[str, Any]:
    """A database with a stage: the admin, their session, and tokens to log out with."""
    import_tables()
    database = Database(settings.database_url, clock=clock, options=FOR_TESTS)
    await database.open()
    try:
        await create_tables(database)
        world = World(database, clock, settings)
        stage = await Stage.of(world)
        goods = [await world.item(stage.seller, 100 * number, 10_000, title=f"Lamp {number}", category="lighting") for number in range(20)]
        known = {
            "user_id": [stage.buyer.id, stage.seller.id, *[(await world.user()).id for _ in range(20)]],
            "item_id": goods,
            "order_id": [stage.order_id, *[(await world.order(stage.buyer, (goods[number], 1))).order.id for number in range(15)]],
        }
        await world.promotion("PROMO-TEN")
        return {
            "token": stage.admin.token,
            "user_id": stage.admin.id,
            "credential_id": stage.admin.credential_id,
            "login": {"username": stage.stranger.email, "password": PASSWORD},
            "admin": {"username": stage.admin.email, "password": PASSWORD},
            "spare": [(await world.login(stage.guest))[1] for _ in range(MANY)],
            "known": known,
            "first": {},
            "code": "PROMO-TEN",
            "guest": {"username": stage.guest.email, "password": PASSWORD},
        }
    finally:
        await database.close()


def drawn(seed: str) -> str:
    """The seed itself, or a random one for `random`."""
    return str(random.SystemRandom().randrange(1, 1_000_000)) if seed == "random" else seed


def main() -> int:
    """0 if Schemathesis reports no failure and enough valid cases were accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default=USUAL_SEED, help="a number, or `random`")
    parser.add_argument("--short", action="store_true", help="run only the phases that do not draw random cases")
    parser.add_argument("--coverage-to", type=Path, help="folder for the contract coverage")
    parser.add_argument("--junit", type=Path, help="file for the result in JUnit's format")
    parser.add_argument("rest", nargs="*", help="arguments for `st run`, after --")
    parsed = parser.parse_args()
    seed = drawn(parsed.seed)
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    rest = [*(SHORT if parsed.short else ()), *parsed.rest]
    if parsed.junit is not None:
        rest = ["--report-junit-path", str(parsed.junit), *rest]
    with tempfile.TemporaryDirectory(prefix="steelyard-fuzz-") as name, collecting(parsed.coverage_to, "fuzz"):
        status, report = run(Path(name), seed, rest)
    lame = list(too_seldom(report["valid_rates"]))
    sys.stdout.writelines(f"{line}\n" for line in lame)
    return status or bool(lame)


def run(folder: Path, seed: str, rest: list[str]) -> tuple[int, dict[str, Any]]:
    """Exit status and report of Schemathesis."""
    clock = Clock()
    settings = settings_for(f"sqlite:///{folder / 'fuzz.db'}", login_failures=1_000_000)
    stage = asyncio.run(prepare(settings, clock))
    with live(settings, clock, repeatable(clock)) as server:
        return attack(folder, server.url, stage, seed, rest)


def attack(
    folder: Path, url: str, stage: dict[str, Any], seed: str, rest: list[str], show: Callable[[str], object] = sys.stdout.write
) -> tuple[int, dict[str, Any]]:
    """Exit status and report of Schemathesis for a running server, with the credentials in the stage."""
    (folder / "bearer.json").write_text(json.dumps(bearer()), "utf-8")
    (folder / "stage.json").write_text(json.dumps(stage), "utf-8")
    command: list[str | Path] = [
        Path(sys.executable).with_name("st"),
        "--config-file",
        HERE / "schemathesis.toml",
        "run",
        folder / "bearer.json",
    ]
    command += ["--report", "json,junit", "--report-dir", folder / "report", "--seed", seed]
    if seed == USUAL_SEED:
        command.append("--generation-deterministic")
    environment = {
        **os.environ,
        "STEELYARD_FUZZ_URL": url,
        "STEELYARD_FUZZ_TOKEN": stage["token"],
        "STEELYARD_FUZZ_STAGE": str(folder / "stage.json"),
    }
    with subprocess.Popen([*command, "--url", url, *rest], env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            show(line)
    (report,) = (folder / "report").glob("*.json")
    return running.returncode, json.loads(report.read_text("utf-8"))


def too_seldom(rates: dict[str, dict[str, dict[str, int]]]) -> Iterator[str]:
    """Operations whose valid cases are hardly ever accepted: nothing after their validation was tested."""
    for operation, phases in rates.items():
        landed = sum(phase["accepted"] + phase["conflicts"] for phase in phases.values())
        sent = sum(sum(phase.values()) for phase in phases.values())
        if sent >= ENOUGH and landed < MIN_SHARE * sent:
            yield f"{operation}: only {landed} of {sent} valid cases were accepted; make them valid in tests/contract/fuzz/hooks.py"


if __name__ == "__main__":
    sys.exit(main())
