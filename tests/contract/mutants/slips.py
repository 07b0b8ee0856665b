"""Whether a mutant has failed by its own mistake. Such a failure proves nothing about the change that it should make."""

import traceback
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Errors that no mutant raises on purpose.
SLIPS = (TypeError, AttributeError, NameError, LookupError)
# "take.<locals>.taking() takes 2 positional arguments but 3 were given": the product calls a mutant with other arguments.
MISFIT = ".<locals>."


def in_error(error: BaseException) -> str | None:
    """The error, if the mutant's own code made it."""
    trail = traceback.extract_tb(error.__traceback__)
    is_inside = bool(trail) and Path(trail[-1].filename).parent == HERE
    is_slip = isinstance(error, SLIPS) and (is_inside or (isinstance(error, TypeError) and MISFIT in str(error)))
    return f"{type(error).__name__}: {error}" if is_slip else None


def in_report(report: pytest.TestReport) -> str | None:
    """The error that ended a test, if the mutant's own code made it."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return None
    kind, _, text = str(crash.message).partition(":")
    is_inside = Path(crash.path).parent == HERE
    is_slip = kind in {error.__name__ for error in (*SLIPS, KeyError, IndexError)} and (
        is_inside or (kind == "TypeError" and MISFIT in text)
    )
    return str(crash.message).splitlines()[0] if is_slip else None
