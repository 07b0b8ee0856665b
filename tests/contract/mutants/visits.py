"""Layer U: `python -m tests.contract.against` against a server with a mutant, as a process that knows nothing but its address."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from steelyard.db.database import Database
from steelyard.settings import Settings
from tests.contract.against.__main__ import MISMATCHES
from tests.contract.mutants.engine import Evidence
from tests.contract.mutants.laws import REPORTED
from tests.contract.mutants.operators import Mutant
from tests.kit.project import ROOT
from tests.kit.servers.configuration import settings_for
from tests.kit.servers.databases import FOR_TESTS
from tests.kit.servers.live import live
from tests.kit.servers.schema import create_tables, import_tables
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.world import World

# The run after the mutants, without one, visits what all of them did.
WITHIN_S = 800
# The parts of a run that take seconds; `overload` is no test, so that -k does not choose it.
PARTS, OVERLOAD = "oracles,laws", "overload"


async def prepare(settings: Settings) -> str:
    """A database with an admin, whose e-mail address is returned."""
    import_tables()
    database = Database(settings.database_url, options=FOR_TESTS)
    await database.open()
    try:
        await create_tables(database)
        return (await World(database, Clock(), settings).user("admin", name="Ada Admin")).email
    finally:
        await database.close()


def visited(mutant: Mutant, again: Collection[str] = ()) -> Evidence | None:
    """The mismatch that the run reports by the rule that the mutant breaks, or nothing. Without a mutant: any mismatch of these tests."""
    operation, rule, tests = REPORTED.get(mutant.operator.name, ("", "", ""))
    chosen = arguments({tests} if tests else again)
    with tempfile.TemporaryDirectory(prefix="steelyard-visit-") as name:
        # Few logins wait, so that some are rejected. Mutants of the edge see every header.
        settings = settings_for(f"sqlite:///{Path(name) / 'visit.db'}", login_failures=1_000_000, hashing_waiting=8, whole_responses=False)
        email = asyncio.run(prepare(settings))
        with live(settings) as server:
            command = [
                sys.executable,
                "-m",
                "tests.contract.against",
                "--url",
                server.url,
                "--admin",
                f"{email}:{PASSWORD}",
                "--folder",
                name,
            ]
            paths = os.pathsep.join(str(ROOT / path) for path in ("server", "generated/server", "."))
            environment = {**os.environ, "PYTHONPATH": paths}
            ended = subprocess.run(
                [*command, *chosen], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN_S
            )
    sys.stdout.write(ended.stdout + ended.stderr)
    assert ended.returncode in {0, MISMATCHES}, f"the run was not possible: {(ended.stdout + ended.stderr).strip().splitlines()[-1:]}"
    for block in re.split(r"\n(?=MISMATCH )", ended.stdout)[1:]:
        first, _, rest = block.partition("\n")
        if operation in first and rule in rest and "  repeat  curl" in rest:
            return Evidence(rest.strip().partition("\n")[0].removeprefix("rule").strip(), tests)
    return None


def arguments(tests: Collection[str]) -> list[str]:
    """The parts of a run that have these tests, which are expressions for `-k`; none: all tests."""
    expressions = [f"({each})" for each in sorted(tests) if each != OVERLOAD]
    parts = [*([PARTS] if expressions or not tests else []), *([OVERLOAD] if OVERLOAD in tests else [])]
    return ["--parts", ",".join(parts), *(["-k", " or ".join(expressions)] if expressions else [])]
