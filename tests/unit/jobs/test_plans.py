"""Jobs of one kind are found by the index of kinds, however many jobs of other kinds are due."""

from datetime import UTC, datetime

import asyncpg
import pytest

from steelyard.db.database import Database
from steelyard.db.statements import Statement
from steelyard.jobs import queries

FILL = """
INSERT INTO outbox (kind, payload, run_at, attempts)
SELECT CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'frequent' END, '{}', now() - n * interval '1 ms', 0 FROM generate_series(1, 20000) AS n
"""
VALUES = {
    "kind": "rare",
    "kinds": '["rare"]',
    "now": datetime(2027, 3, 1, tzinfo=UTC),
    "until": datetime(2027, 3, 1, tzinfo=UTC),
    "limit": 100,
    "worker": "worker",
    "is_limited": False,
}


@pytest.mark.parametrize("statement", [queries.find_due_kinds, queries.claim_jobs], ids=["look", "claim"])
@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_jobs_are_found_by_the_index_of_kinds(postgres: Database, statement: Statement[object], mode: str) -> None:
    """PostgreSQL plans a prepared statement without its values from the sixth call on."""
    compiled = statement.compiled["postgresql"]
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(f"{FILL}; ANALYZE outbox; SET plan_cache_mode = {mode}")
    plan = [row[0] for row in await connection.fetch(f"EXPLAIN {compiled.text}", *[VALUES[name] for name in compiled.parameters])]
    await connection.close()

    assert any("outbox_kind_idx" in line for line in plan), plan
    assert not any("outbox_open_idx" in line or "Seq Scan on outbox" in line for line in plan), plan
