"""Idempotency keys: a request has its effect once, however often it is sent; every repetition gets the first response.

The row of the key is inserted first and filled with the response in the transaction of the effect, so the one never exists without the
other. A response with a secret is stored encrypted.
"""

import hashlib
import json
from typing import Any, Protocol

from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.responses import RawResponse
from steelyard.db.errors import LockTimeout
from steelyard.idempotency import store
from steelyard_contract.operations import Operation
from steelyard_contract.problems import IdempotencyInProgress, IdempotencyKeyReused

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_REPLAYED = (b"idempotency-replayed", b"true")


class ResponseSealing(Protocol):
    """Encrypts stored responses."""

    def seal(self, text: bytes, *, place: bytes) -> bytes:
        """The encrypted text, which opens only with the same `place`."""

    def open(self, sealed: bytes, *, place: bytes) -> bytes | None:
        """The text; None if it was sealed with a key that this server does not have."""


class IdempotencyKeys:
    """The keys of one operation, each known by its owner."""

    def __init__(self, operation: Operation, sealing: ResponseSealing) -> None:
        self._operation_id = operation.id
        self._sealing = sealing if any(response.is_secret for response in operation.responses) else None

    async def reserve(self, context: RequestContext, key: str, value: Any) -> None:
        """Proceed as if the key were new, as nearly all are. If it is not, the transaction fails with a conflict."""
        fingerprint = _fingerprint(context, value)
        await store.reserve_key(
            context.transaction(), owner_id=_owner(context), operation_id=self._operation_id, key=key, fingerprint=fingerprint
        )

    async def claim(self, context: RequestContext, key: str, value: Any) -> RawResponse | None:
        """None if the key is new; otherwise its response, marked as replayed."""
        fingerprint = _fingerprint(context, value)
        try:
            stored = await store.claim_key(
                context.transaction(), owner_id=_owner(context), operation_id=self._operation_id, key=key, fingerprint=fingerprint
            )
        except LockTimeout as error:
            raise IdempotencyInProgress from error
        if stored is None:
            return None
        if stored.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        if stored.status is None:
            raise IdempotencyInProgress
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in stored.headers or ()]
        return RawResponse(stored.status, [*headers, _REPLAYED], self._opened(context, key, stored.body or b""))

    async def store(self, context: RequestContext, key: str, response: RawResponse) -> None:
        """Store the response in the transaction that has claimed the key."""
        await store.store_response(
            context.transaction(),
            owner_id=_owner(context),
            operation_id=self._operation_id,
            key=key,
            status=response.status,
            headers=[[name.decode("latin-1"), text.decode("latin-1")] for name, text in response.headers],
            body=response.body if self._sealing is None else self._sealing.seal(response.body, place=self._place(context, key)),
        )

    def _opened(self, context: RequestContext, key: str, body: bytes) -> bytes:
        if self._sealing is None:
            return body
        opened = self._sealing.open(body, place=self._place(context, key))
        if opened is None:
            # The secret key that sealed it was removed within a day. The caller needs another Idempotency-Key, as if this one were used.
            raise IdempotencyKeyReused
        return opened

    def _place(self, context: RequestContext, key: str) -> bytes:
        return f"{_owner(context)} {self._operation_id} {key}".encode()


def _owner(context: RequestContext) -> int:
    if context.caller is None:
        raise RuntimeError(f"{context.operation_id} takes an Idempotency-Key, so its contract must secure it: keys belong to a user")
    return context.caller.user_id


def _fingerprint(context: RequestContext, value: Any) -> bytes:
    """Equal for requests that mean the same: the order of members and white space do not count, nor does a trailing slash."""
    identity = [context.scope["path"].rstrip("/"), value]
    return hashlib.sha256(_canonical(identity).encode()).digest()
