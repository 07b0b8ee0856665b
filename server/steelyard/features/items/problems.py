"""Which problem a broken constraint of items means, and problems that no schema can express."""

from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.errors import TransactionConflict
from steelyard_contract.problems import Problem

# Two transactions gave one sku to two items. The slower one runs again, finds the other item and names it.
BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {"items_owner_id_sku_key": TransactionConflict}


def owner_is_locked() -> Problem:
    """An item of a locked account cannot be put on sale, not even by an admin."""
    return validation_failed(
        [violation("owner_locked", ("body", "status"), "The account of the owner is locked, so its items cannot be on sale")]
    )
