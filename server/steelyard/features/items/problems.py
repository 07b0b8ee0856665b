"""Which refusal a broken constraint of this folder means, and those that no shape can say."""

from steelyard.contract.request.violations import refusal, violation
from steelyard.db.errors import LostRace
from steelyard_contract.problems import Problem

# Two writers gave one sku to two items: run again, the loser's check then finds the winner's item and names it.
BY_CONSTRAINT: dict[str, type[Problem] | type[LostRace]] = {"items_owner_id_sku_key": LostRace}


def owner_is_locked() -> Problem:
    """Nothing of a locked account is on sale, whoever puts it there."""
    return refusal([violation("owner_locked", ("body", "status"), "The owner's account is locked: nothing of it can be on sale")])
