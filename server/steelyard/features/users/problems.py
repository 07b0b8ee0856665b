"""Which refusal a broken constraint of this folder's tables means."""

from steelyard.db.errors import LostRace
from steelyard_contract.problems import EmailAlreadyRegistered, Problem

BY_CONSTRAINT: dict[str, type[Problem] | type[LostRace]] = {
    "users_email_folded_key": EmailAlreadyRegistered,
    # Two defaults at once: the second one runs again and takes over from the first.
    "addresses_default_idx": LostRace,
}
