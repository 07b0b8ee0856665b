"""The runner: repeats after a conflict, one transaction, and the problem for a database error."""

from collections.abc import Callable
from typing import Any

import pytest

from steelyard.contract.access.caller import CallerChanged
from steelyard.contract.dependencies import CurrentCaller, Shared, Transaction
from steelyard.contract.execution.injection import InjectionError
from steelyard.db.errors import ConstraintViolated, TransactionConflict
from steelyard.features.users import queries
from steelyard.settings import Settings
from steelyard_contract import params as p
from steelyard_contract.problems import ItemNotFound, NotPermitted
from tests.kit.world.market import Market
from tests.unit.contract.compiled import TOKEN, Compiled


class Runs:
    """A handler that adds an address, and then does something else in each run."""

    def __init__(self, *then: BaseException | None) -> None:
        self._then = list(then)
        self.count = 0

    @property
    def handler(self) -> Callable[..., Any]:
        async def delete_item(item_id: p.ItemId, if_match: p.IfMatch, caller: CurrentCaller, tx: Transaction) -> None:  # noqa: ARG001  # the contract's
            self.count += 1
            await tx.one(
                queries.insert_address,
                user_id=caller.user_id,
                label=None,
                street=f"{self.count} Harbour Road",
                city="Portland",
                country="US",
                zip_code="97201",
                is_default=False,
                now=tx.now,
            )
            error = self._then.pop(0)
            if error is not None:
                raise tx.keeping(error) if isinstance(error, NotPermitted) else error

        return delete_item


async def run(market: Market, runs: Runs, **options: Any) -> tuple[int, list[str], Compiled]:
    """The status, and the streets that were committed."""
    compiled = Compiled("deleteItem", runs.handler, database=market.database, **options)
    compiled.authenticator.user_id = await market.user()
    response = await compiled.send(TOKEN, item_id="7")
    stored = await market.database.read().all(queries.list_addresses_of, user_ids=[compiled.authenticator.user_id])
    return response.status, [row.address.street for row in stored], compiled


async def test_the_changes_of_a_handler_are_committed(market: Market) -> None:
    status, streets, _ = await run(market, Runs(None))

    assert (status, streets) == (204, ["1 Harbour Road"])


@pytest.mark.parametrize("error", [ItemNotFound(), ZeroDivisionError()])
async def test_an_error_undoes_the_changes(market: Market, error: Exception) -> None:
    _, streets, _ = await run(market, Runs(error))

    assert streets == []


async def test_a_problem_that_keeps_its_changes_commits_them(market: Market) -> None:
    status, streets, _ = await run(market, Runs(NotPermitted(allowed=[])))

    assert (status, streets) == (403, ["1 Harbour Road"])


async def test_after_a_conflict_the_handler_runs_again_in_a_new_transaction(market: Market) -> None:
    status, streets, _ = await run(market, Runs(TransactionConflict("faster"), TransactionConflict("faster"), None))

    assert (status, streets) == (204, ["3 Harbour Road"])


async def test_the_fourth_conflict_is_a_503(market: Market) -> None:
    runs = Runs(*(TransactionConflict("faster") for _ in range(5)))

    status, streets, _ = await run(market, runs)

    assert (status, streets, runs.count) == (503, [], 4)


@pytest.mark.parametrize(("conflict", "loads"), [(TransactionConflict("faster"), 1), (CallerChanged("ended"), 2)])
async def test_the_caller_is_authorized_again_only_after_they_have_changed(
    market: Market, conflict: TransactionConflict, loads: int
) -> None:
    _, _, compiled = await run(market, Runs(conflict, None))

    assert compiled.authenticator.loads == loads


async def test_a_broken_constraint_is_the_problem_of_its_feature(market: Market) -> None:
    runs = Runs(ConstraintViolated("items_missing", "unique"))

    status, streets, compiled = await run(market, runs, problems_by_constraint={"items_missing": ItemNotFound})

    assert (status, streets, compiled.observer.errors) == (404, [], [])


async def test_a_constraint_that_means_a_conflict_runs_the_handler_again(market: Market) -> None:
    runs = Runs(ConstraintViolated("items_missing", "unique"), None)

    status, streets, _ = await run(market, runs, problems_by_constraint={"items_missing": TransactionConflict})

    assert (status, streets) == (204, ["2 Harbour Road"])


async def test_a_broken_constraint_without_a_problem_is_a_500(market: Market) -> None:
    error = ConstraintViolated("unknown", "unique")

    status, streets, compiled = await run(market, Runs(error))

    assert (status, streets, compiled.observer.errors) == (500, [], [error])


def test_an_operation_with_a_missing_shared_object_does_not_start() -> None:
    async def get_item(item_id: p.ItemId, settings: Shared[Settings]) -> None: ...

    with pytest.raises(InjectionError, match=r"getItem takes Shared\[Settings\], and the application shares no such object"):
        Compiled("getItem", get_item)
