"""Each operation by callers with no token and with tokens of each set of scopes: `security` and `x-access` alone decide who is admitted.

The parties of resources are those of the marketplace, whose matrix has them: the handlers here serve one user.
"""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.contracts import subject
from tests.contracts.exchanges import OPERATIONS, VALID, is_key
from tests.contracts.gates.conftest import Opened
from tests.kit.contract.checker import CONTRACT, Operation

SERVER: dict[str, Any] = yaml.safe_load((subject.OPENAPI / "server.yaml").read_text("utf-8"))
SCOPES = sorted({scope for role in SERVER["roles"].values() for scope in role.get("scopes", ())})
# None has no token. The others: no scope, each alone, all but one, all.
CALLERS: list[tuple[str, ...] | None] = list(
    dict.fromkeys(
        [
            None,
            (),
            *((scope,) for scope in SCOPES),
            *(tuple(other for other in SCOPES if other != scope) for scope in SCOPES),
            tuple(SCOPES),
        ]
    )
)
SERVED = (0, "")


def token_ways(operation: Operation) -> list[set[str]]:
    """The scopes of each alternative of `security` that takes a token and nothing else."""
    ways = [way for way in CONTRACT.security(operation) if way and not any(map(is_key, way))]
    return [{scope for scopes in way.values() for scope in scopes} for way in ways]


def expected(operation: Operation, held: tuple[str, ...] | None) -> tuple[int, str]:
    """Status and problem for a caller with these scopes; SERVED for a success."""
    ways = CONTRACT.security(operation)
    if held is None:
        return SERVED if {} in ways else (401, "/problems/not-authenticated")
    implied = {scope for each in held for scope in SERVER.get("implied_scopes", {}).get(each, ())}
    active = {*held, *implied, "none"}
    rows = [row["scope"] if isinstance(row, dict) else row for row in operation.node.get("x-access", {}).values()]
    is_admitted = any(scopes <= active for scopes in token_ways(operation)) and (not rows or any(row in active for row in rows))
    return SERVED if is_admitted else (403, "/problems/insufficient-scope")


def title(held: tuple[str, ...] | None) -> str:
    return "no token" if held is None else " ".join(held) or "no scope"


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if token_ways(operation)], ids=str)
async def test_each_caller_gets_the_response_that_the_contract_expects(operation: Operation, api: Opened) -> None:
    wrong = []
    for held in CALLERS:
        response = await api.send(replace(VALID[operation.id].having("If-Match", ...), scopes=held, keys={}))
        got = SERVED if response.is_success else (response.status, str(response.json()["type"]))
        if got != expected(operation, held):
            wrong.append(f"{title(held)}: got {got}, the contract says {expected(operation, held)}")

    assert not wrong, "\n".join(wrong)
