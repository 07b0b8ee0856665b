"""How PostgreSQL runs a statement: the nodes of its plan, with the rows that each has read."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from steelyard.db.statements import Statement

Plan = list[dict[str, Any]]


async def plan(connection: Any, statement: Statement[Any], arguments: Mapping[str, object], *, generic: bool = False) -> Plan:
    """The nodes of the plan that the statement runs with, for these arguments or a generic one. It runs, and changes nothing."""
    form = statement.compiled["postgresql"]
    values = ", ".join(literal(value) for value in form.arguments(dict(arguments)))
    await connection.execute(f"SET plan_cache_mode = force_{'generic' if generic else 'custom'}_plan")
    await connection.execute(f"PREPARE planned AS {form.text}")
    transaction = connection.transaction()
    await transaction.start()
    try:
        explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON, ANALYZE, BUFFERS OFF) EXECUTE planned({values})")
    finally:
        await transaction.rollback()
    await connection.execute("DEALLOCATE planned")
    return list(nodes(json.loads(explained)[0]["Plan"]))


def literal(value: object) -> str:
    """The value of a parameter, as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list):
        return "'{" + ",".join(map(str, value)) + "}'"
    return "'" + str(value.isoformat() if isinstance(value, datetime) else value).replace("'", "''") + "'"


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from nodes(inner)


def scans(plan: Plan) -> set[str]:
    """The kinds of scan in the plan."""
    return {node["Node Type"] for node in plan if "Scan" in node["Node Type"] and node["Node Type"] != "Subquery Scan"}


def rows_read(plan: Plan) -> int:
    """The most rows that a node has read at a time."""
    return int(max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in plan))
