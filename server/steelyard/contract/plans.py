"""Dependencies of a handler, resolved to a flat plan once: no graph is walked while a request waits."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi.params import Depends
from starlette.requests import Request

from steelyard.contract.exchange import Exchange

Call = Callable[..., Any]
Overrides = Mapping[Call, Call]

# Values that every plan starts with.
_EXCHANGE, _REQUEST = 0, 1


class NotPlannable(Exception):
    """A dependency that cannot run on the request path; the message says which and why."""


@dataclass(frozen=True, slots=True)
class _Step:
    call: Call
    takes: tuple[tuple[str, int], ...]  # argument, index of an earlier value
    opens: Call | None  # for an async generator: its context manager
    outlives: bool  # closed after the answer was sent, not before


@dataclass(frozen=True, slots=True)
class Plan:
    """How to get a handler's dependencies: steps in order, and which value goes to which argument."""

    steps: tuple[_Step, ...]
    arguments: tuple[tuple[str, int], ...]
    wants_request: bool
    opens_any: bool

    async def run(self, exchange: Exchange, inner: AsyncExitStack | None, outer: AsyncExitStack | None) -> dict[str, Any]:
        """The handler's keyword arguments. Generators are entered on the stack that fits their scope."""
        values: list[Any] = [exchange, Request(exchange.scope, exchange.receive) if self.wants_request else None]
        for step in self.steps:
            given = {name: values[index] for name, index in step.takes}
            if step.opens is None:
                values.append(await step.call(**given))
            else:
                stack = outer if step.outlives else inner
                assert stack is not None, "a plan with generators is run with its stacks"
                values.append(await stack.enter_async_context(step.opens(**given)))
        return {name: values[index] for name, index in self.arguments}


def injected(hint: Any) -> Depends | None:
    """The `Depends` of an annotation, when it has one."""
    if get_origin(hint) is Annotated:
        return next((mark for mark in hint.__metadata__ if isinstance(mark, Depends)), None)
    return None


def plan(handler: Call, overrides: Overrides | None = None) -> Plan:
    """Flattens the handler's dependencies, each run once per request unless it says `use_cache=False`."""
    steps: list[_Step] = []
    shared: dict[Call, int] = {}
    replaced = overrides or {}

    def add(mark: Depends, hint: Any) -> int:
        declared = mark.dependency or get_args(hint)[0]
        call = _awaitable(replaced[declared]) if declared in replaced else declared
        if mark.use_cache and call in shared:
            return shared[call]
        generator = inspect.isasyncgenfunction(call)
        if not generator and not inspect.iscoroutinefunction(call):
            raise NotPlannable(f"the dependency {_name(call)} must be `async def`: a plain function would need a thread")
        takes = arguments_of(call)
        opens = asynccontextmanager(call) if generator else None
        steps.append(_Step(call, takes, opens, outlives=mark.scope != "function"))
        index = len(steps) + _REQUEST
        if mark.use_cache:
            shared[call] = index
        return index

    def arguments_of(call: Call) -> tuple[tuple[str, int], ...]:
        takes: list[tuple[str, int]] = []
        hints = get_type_hints(call, include_extras=True)
        for name, parameter in inspect.signature(call).parameters.items():
            hint = hints.get(name)
            mark = injected(hint)
            if mark is not None:
                takes.append((name, add(mark, hint)))
            elif hint is Exchange:
                takes.append((name, _EXCHANGE))
            elif hint is Request:
                takes.append((name, _REQUEST))
            elif parameter.default is inspect.Parameter.empty and call is not handler:
                raise NotPlannable(f"the dependency {_name(call)} takes {name!r}, which is neither Exchange, Request nor another dependency")
        return tuple(takes)

    takes = arguments_of(handler)
    uses_request = any(index == _REQUEST for step in steps for _, index in step.takes) or any(index == _REQUEST for _, index in takes)
    return Plan(tuple(steps), takes, uses_request, any(step.opens is not None for step in steps))


def _awaitable(override: Call) -> Call:
    """Tests replace dependencies by plain functions and lambdas as well; those run in place, without a thread."""
    if inspect.iscoroutinefunction(override) or inspect.isasyncgenfunction(override):
        return override

    @wraps(override)
    async def call(**given: Any) -> Any:
        return override(**given)

    return call


def _name(call: Call) -> str:
    return f"{getattr(call, '__module__', '?')}.{getattr(call, '__qualname__', call)}"
