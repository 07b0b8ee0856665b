"""What the jobs themselves need to have looked after; every worker takes part."""

from functools import partial
from pathlib import Path

from steelyard.jobs import feed, outbox
from steelyard.jobs.worker import Sweep

# Readers of the feed are promised to see an event within a second of its commit.
_FEED_EVERY_S = 0.5
_OUTBOX_EVERY_S = 600


def own(audit_log: Path | None) -> list[Sweep]:
    """Number the feed, write the audit log if there is one, forget what is long finished."""
    sweeps = [Sweep("feed", _FEED_EVERY_S, feed.relay), Sweep("outbox", _OUTBOX_EVERY_S, outbox.sweep)]
    if audit_log is not None:
        sweeps.append(Sweep("audit_log", _FEED_EVERY_S, partial(feed.write_audit_log, path=audit_log)))
    return sweeps
