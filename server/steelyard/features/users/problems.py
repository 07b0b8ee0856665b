"""Which problem a broken constraint of users and addresses means."""

from steelyard.db.errors import TransactionConflict
from steelyard_contract.problems import EmailAlreadyRegistered, Problem

BY_CONSTRAINT: dict[str, type[Problem] | type[TransactionConflict]] = {
    "users_email_folded_key": EmailAlreadyRegistered,
    # Two new defaults at once: the slower transaction runs again, and its address becomes the default.
    "addresses_default_idx": TransactionConflict,
}
