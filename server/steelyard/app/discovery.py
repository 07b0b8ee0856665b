"""Finds the files of each feature by their names, so that a new feature edits no list."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

from steelyard import features
from steelyard.jobs.tasks import PeriodicTask, Task
from steelyard.mail.messages import Mail

if TYPE_CHECKING:
    # It imports FastAPI, which the process that supervises the others and the worker of jobs do not need.
    from steelyard.contract.execution.runner import ProblemsByConstraint


def problems_by_constraint() -> "ProblemsByConstraint":
    """The problem that each broken constraint means, from `BY_CONSTRAINT` of every `problems.py`."""
    merged: ProblemsByConstraint = {}
    for module in _modules("problems"):
        merged = {**merged, **module.BY_CONSTRAINT}
    return merged


def feature_tasks(shared: Mapping[type[Any], Any]) -> tuple[dict[str, Task], list[PeriodicTask]]:
    """The tasks of the features, from `tasks` and `periodic_tasks` of every `tasks.py`. Their arguments are shared objects, by type."""
    by_kind: dict[str, Task] = {}
    periodic: list[PeriodicTask] = []
    for module in _modules("tasks"):
        by_kind |= _call(module, "tasks", shared) or {}
        periodic += _call(module, "periodic_tasks", shared) or []
    return by_kind, periodic


def sample_mails() -> list[Mail]:
    """An example of each mail, from `samples` of every `mails.py`."""
    return [mail for module in _modules("mails") for mail in module.samples()]


def _call(module: ModuleType, name: str, shared: Mapping[type[Any], Any]) -> Any:
    function = getattr(module, name, None)
    if function is None:
        return None
    return function(**{name: shared[kind] for name, kind in get_type_hints(function).items() if name != "return"})


def _modules(name: str) -> Iterator[ModuleType]:
    for feature in iter_modules(features.__path__, f"{features.__name__}."):
        if find_spec(f"{feature.name}.{name}") is not None:
            yield import_module(f"{feature.name}.{name}")
