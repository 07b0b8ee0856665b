"""Work for afterwards, promised by the transaction that causes it: a rollback takes it back by itself."""

from collections.abc import Mapping
from datetime import datetime

from steelyard.db.work import Transaction
from steelyard.jobs import queries


async def put(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, object],
    run_at: datetime | None = None,
    subject: str | None = None,
) -> None:
    """Promise that the handler of `kind` gets `payload`, once `run_at` has come; without a time, at once."""
    await tx.run(
        queries.insert_job,
        kind=kind,
        payload=payload,
        subject=subject,
        run_at=tx.now if run_at is None else run_at,
    )
