"""Which refusal a broken constraint of this folder means."""

from steelyard.db.errors import LostRace
from steelyard_contract.problems import Problem

# Two writers gave one sku to two items: run again, the loser's check then finds the winner's item and names it.
BY_CONSTRAINT: dict[str, type[Problem] | type[LostRace]] = {"items_owner_id_sku_key": LostRace}
