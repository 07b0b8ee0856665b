"""The caller of an operation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from steelyard.db.errors import TransactionConflict
from steelyard_contract.policy import Role


class CallerChanged(TransactionConflict):
    """The credential has ended or the role has changed since the authorization: the operation is authorized and run again."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of the credential that came with a request, and what the credential permits now."""

    user_id: int
    role: Role
    scopes: frozenset[str]
    credential_id: int
    kind: Literal["session", "api_key"]
    authenticated_at: datetime  # when the password was given; refreshing a session does not renew it

    @property
    def is_staff(self) -> bool:
        """Support and admin may read resources of other users."""
        return self.role != "user"

    @property
    def is_admin(self) -> bool:
        """Admin may change resources of other users."""
        return self.role == "admin"
