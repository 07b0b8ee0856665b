"""Runs the checks of all modules in `checks/`."""

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from steelyard.doctor import checks
from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result


def examine_offline(machine: Machine) -> list[Result]:
    """The results of the checks that need no other process. They take milliseconds and change nothing."""
    return [result for module in _modules() for result in _offline(module, machine)]


async def examine(machine: Machine) -> list[Result]:
    """The results of all checks, by module. Each module has its own time limits, and none waits for another."""
    modules = list(_modules())
    online = await asyncio.gather(*[_online(module, machine) for module in modules])
    return [result for module, later in zip(modules, online, strict=True) for result in [*_offline(module, machine), *later]]


def _offline(module: ModuleType, machine: Machine) -> list[Result]:
    return list(module.offline(machine)) if hasattr(module, "offline") else []


async def _online(module: ModuleType, machine: Machine) -> list[Result]:
    return [result async for result in module.online(machine)] if hasattr(module, "online") else []


def _modules() -> Iterator[ModuleType]:
    for each in iter_modules(checks.__path__, f"{checks.__name__}."):
        yield import_module(each.name)
