"""Runs Schemathesis over HTTP against the application on SQLite, with a fixed seed; exit status 1 on any failure."""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steelyard.db.database import Database
from steelyard.features.auth.mail_tokens import Purpose
from steelyard.settings import Settings
from tests.contract.coverage.collecting import collecting
from tests.contract.fuzz.documents import bearer, too_seldom
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.live import live
from tests.kit.servers.running import settings_for
from tests.kit.servers.schema import create_tables, import_tables
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock, repeatable
from tests.kit.world.logins import CLIENT, REDIRECT_URI, identity_of, link_code_of
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

HERE = Path(__file__).parent
USUAL_SEED = "42"
MANY = 2000
MAIL_TOKENS = 300
OWNED = 100
LINK_START = {"provider": "example", "client_id": CLIENT, "redirect_uri": REDIRECT_URI}
MAIL_TOKENS_FOR: tuple[tuple[str, Purpose], ...] = (("confirmEmailVerification", "verify"), ("confirmPasswordReset", "reset"))
# Few cases, the same in every run: the examples of the document, and both sides of each keyword of each schema.
SHORT = ("--phases", "examples,coverage")


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
            "spared": {
                "user_id": [stage.admin.id, stage.stranger.id, stage.guest.id],
                "credential_id": [stage.admin.credential_id],
            },
            "login": {"username": stage.stranger.email, "password": PASSWORD},
            "admin": {"username": stage.admin.email, "password": PASSWORD},
            "spare": [(await world.login(stage.guest))[1] for _ in range(MANY)],
            "mail_tokens": {
                # Of one user each, because the first token of a user that is used ends the others.
                name: [await world.mail_token_of(await world.user(), purpose) for _ in range(MAIL_TOKENS)]
                for name, purpose in MAIL_TOKENS_FOR
            },
            "owned": {
                "startIdentityLink": [{"token": stage.admin.token, "ids": {}, "members": LINK_START} for _ in range(OWNED)],
                "finishIdentityLink": [
                    {"token": user.token, "ids": {}, "members": await link_code_of(database, user.id)}
                    for user in [await world.user() for _ in range(OWNED)]
                ],
                "deleteIdentity": [
                    {"token": user.token, "ids": {"identity_id": await identity_of(database, user.id)}, "members": {}}
                    for user in [await world.user() for _ in range(OWNED)]
                ],
            },
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
    sys.stdout.writelines(f"{line}; make them valid in tests/contract/fuzz/hooks.py\n" for line in lame)
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


if __name__ == "__main__":
    sys.exit(main())
