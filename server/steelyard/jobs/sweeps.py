"""What the jobs themselves need to have looked after; every worker takes part."""

from functools import partial
from pathlib import Path

from steelyard.events import feed
from steelyard.jobs import outbox
from steelyard.jobs.worker import Sweep

# Readers of the feed are promised to see an event within a second of its commit.
_FEED_EVERY_S = 0.5
# domain.md keeps rows for a day and more: five minutes longer make no difference.
FORGET_EVERY_S = 300


def own(audit_log: Path | None) -> list[Sweep]:
    """Number the feed, write the audit log if there is one, forget what is long finished."""
    sweeps = [
        Sweep("feed", _FEED_EVERY_S, feed.relay, at_once=feed.AT_ONCE),
        Sweep("outbox", FORGET_EVERY_S, outbox.sweep, at_once=outbox.SWEPT_AT_ONCE),
    ]
    if audit_log is not None:
        sweeps.append(Sweep("audit_log", _FEED_EVERY_S, partial(feed.write_audit_log, path=audit_log), at_once=feed.AT_ONCE))
    return sweeps
