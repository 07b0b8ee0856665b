"""Which problem a broken constraint of identities means."""

from steelyard_contract.problems import IdentityTaken, Problem

BY_CONSTRAINT: dict[str, type[Problem]] = {
    # Two users link one identity at once.
    "identities_issuer_subject_key": IdentityTaken,
}
