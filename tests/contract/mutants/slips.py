"""Whether a drift has failed by itself. What is noticed then is its own noise, which proves nothing about what it was to change."""

import traceback
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What nobody raises on purpose.
SLIPS = (TypeError, AttributeError, NameError, LookupError)
# "take.<locals>.taking() takes 2 positional arguments but 3 were given": the product calls a drift in a way that it does not know.
MISFIT = ".<locals>."


def in_error(error: BaseException) -> str | None:
    """The slip of the drift's own code that this error is."""
    trail = traceback.extract_tb(error.__traceback__)
    is_inside = bool(trail) and Path(trail[-1].filename).parent == HERE
    is_slip = isinstance(error, SLIPS) and (is_inside or (isinstance(error, TypeError) and MISFIT in str(error)))
    return f"{type(error).__name__}: {error}" if is_slip else None


def in_report(report: pytest.TestReport) -> str | None:
    """The slip of the drift's own code that has ended a test."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return None
    kind, _, said = str(crash.message).partition(":")
    is_inside = Path(crash.path).parent == HERE
    is_slip = kind in {one.__name__ for one in (*SLIPS, KeyError, IndexError)} and (is_inside or (kind == "TypeError" and MISFIT in said))
    return str(crash.message).splitlines()[0] if is_slip else None
