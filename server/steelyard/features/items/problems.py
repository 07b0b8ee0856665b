"""Which refusal a broken constraint of this folder means, and those that no shape can say."""

from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.errors import TransactionConflict
from steelyard_contract.problems import Problem

# Two writers gave one sku to two items: run again, the loser's check then finds the winner's item and names it.
BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {"items_owner_id_sku_key": TransactionConflict}


def owner_is_locked() -> Problem:
    """Nothing of a locked account is on sale, whoever puts it there."""
    return validation_failed(
        [violation("owner_locked", ("body", "status"), "The account of the owner is locked, so its items cannot be on sale")]
    )
