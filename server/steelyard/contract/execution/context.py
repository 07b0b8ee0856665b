"""One request on its way through a compiled operation."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from starlette.types import Receive, Scope

from steelyard.contract.access.caller import Caller
from steelyard.contract.execution.deadlines import Deadline
from steelyard.db.database import Database
from steelyard.db.transaction import ReadOnly, Transaction

# The application's shared objects by their types.
SharedObjects = Mapping[type[Any], Any]


class Closing(Protocol):
    """A file that is removed when it is closed."""

    def close(self) -> None:
        """Remove it."""


class RequestContext:
    """The parts of a request that dependencies read. The contract's parameters and body go directly to the handler."""

    __slots__ = (
        *("address", "caller", "claims", "deadline", "known", "media", "opened", "operation_id", "receive", "request_id", "scope"),
        *("shared", "upload"),
    )

    # The request's budget of time, running since its operation was found.
    deadline: Deadline

    def __init__(self, operation_id: str, scope: Scope, receive: Receive, shared: SharedObjects, request_id: str, address: str) -> None:
        self.operation_id = operation_id
        self.scope = scope
        self.receive = receive
        self.shared = shared
        self.request_id = request_id
        self.address = address
        self.claims: Any = None
        self.caller: Caller | None = None
        self.opened: Transaction | None = None
        self.upload: Closing | None = None
        self.media: str | None = None
        """The media type of a success; None: it has no body."""
        self.known: str | None = None
        """The tags of If-None-Match, if the operation can respond with a 304."""

    def transaction(self) -> Transaction:
        """The one transaction of this request, opened by the first call. It is committed before the response is sent."""
        if self.opened is None:
            self.opened = self.shared[Database].transaction(request_id=UUID(self.request_id))
        return self.opened

    def read(self) -> ReadOnly:
        """Single reads, each on any free connection."""
        database: Database = self.shared[Database]
        return database.read()
