"""What each feature brings, found by the names of its files, so that a new feature edits no list."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from steelyard import features
from steelyard.contract.execution.runner import ProblemsByConstraint
from steelyard.jobs.tasks import PeriodicTask
from steelyard.settings import Settings


def problems_by_constraint() -> ProblemsByConstraint:
    """Which problem a broken constraint means, from the `BY_CONSTRAINT` of every `problems.py`."""
    found: ProblemsByConstraint = {}
    for module in _modules("problems"):
        found = {**found, **module.BY_CONSTRAINT}
    return found


def feature_tasks(settings: Settings) -> list[PeriodicTask]:
    """What the worker does for the features, from the `periodic_tasks` of every `tasks.py`."""
    return [task for module in _modules("tasks") for task in module.periodic_tasks(settings)]


def _modules(name: str) -> Iterator[ModuleType]:
    for feature in iter_modules(features.__path__, f"{features.__name__}."):
        if find_spec(f"{feature.name}.{name}") is not None:
            yield import_module(f"{feature.name}.{name}")
