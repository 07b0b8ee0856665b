"""A forked process shares no sockets and no locks with its parent: whatever has some renews itself in the child."""

from __future__ import annotations

import os
from typing import Any
from weakref import WeakSet

_alive = WeakSet[Any]()


def renew_after_fork(holder: object) -> None:
    """Call its `_after_fork` in each forked process, before any other code runs there."""
    _alive.add(holder)


def _renew() -> None:
    for holder in list(_alive):
        holder._after_fork()  # noqa: SLF001  # private, because some of these classes are public


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
