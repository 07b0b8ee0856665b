"""Who calls, as far as an operation needs to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from steelyard.db.errors import TransactionConflict
from steelyard_contract.policy import Role


class CallerChanged(TransactionConflict):
    """The credential has ended, or the role is another one, since the gate let the caller pass: the operation begins again at the gate."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of the credential that came with a request, and what that credential may do right now."""

    user_id: int
    role: Role
    scopes: frozenset[str]
    credential_id: int
    kind: Literal["session", "api_key"]
    authenticated_at: datetime  # when the password was given; refreshing a session does not renew it

    @property
    def is_staff(self) -> bool:
        """Support and admin may read what belongs to others."""
        return self.role != "user"

    @property
    def is_admin(self) -> bool:
        """Admin may act on what belongs to others."""
        return self.role == "admin"
