"""Which refusal a broken constraint of this folder's tables means."""

from steelyard.db.errors import TransactionConflict
from steelyard_contract.problems import EmailAlreadyRegistered, Problem

BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {
    "users_email_folded_key": EmailAlreadyRegistered,
    # Two defaults at once: the second one runs again and takes over from the first.
    "addresses_default_idx": TransactionConflict,
}
