"""Dependencies of a handler, resolved to a flat plan once: no graph is walked while a request waits."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi.params import Depends
from starlette.requests import Request

from steelyard.contract.execution.context import RequestContext

Call = Callable[..., Any]
Overrides = Mapping[Call, Call]

# The values that every plan starts with, by what they are annotated with.
_GIVEN: dict[Any, int] = {RequestContext: 0, Request: 1}
_REQUEST = _GIVEN[Request]


class InjectionError(Exception):
    """A dependency that cannot run on the request path; the message says which and why."""


@dataclass(frozen=True, slots=True)
class _Step:
    call: Call
    takes: tuple[tuple[str, int], ...]  # argument, index of an earlier value
    opens: Call | None  # for an async generator: its context manager
    outlives: bool  # closed after the answer was sent, not before


@dataclass(frozen=True, slots=True)
class InjectionPlan:
    """How to get a handler's dependencies: steps in order, and which value goes to which argument."""

    constants: tuple[tuple[str, type[Any]], ...]  # application-wide objects
    immediate: tuple[tuple[str, Callable[[RequestContext], Any]], ...]  # what is there at once
    steps: tuple[_Step, ...]
    arguments: tuple[tuple[str, int], ...]
    uses_request: bool
    opens_any: bool

    async def run(self, context: RequestContext, inner: AsyncExitStack | None, outer: AsyncExitStack | None) -> dict[str, Any]:
        """The handler's keyword arguments. Generators are entered on the stack that fits their scope."""
        found: dict[str, Any] = {name: context.shared[kind] for name, kind in self.constants}
        found |= {name: get(context) for name, get in self.immediate}
        values: list[Any] = [context, Request(context.scope, context.receive) if self.uses_request else None]
        for step in self.steps:
            given = {name: values[index] for name, index in step.takes}
            if step.opens is None:
                values.append(await step.call(**given))
            else:
                stack = outer if step.outlives else inner
                assert stack is not None, "a plan with generators is run with its stacks"
                values.append(await stack.enter_async_context(step.opens(**given)))
        return found | {name: values[index] for name, index in self.arguments}


def dependency_of(hint: Any) -> Depends | None:
    """The `Depends` of an annotation, when it has one."""
    if get_origin(hint) is Annotated:
        return next((mark for mark in hint.__metadata__ if isinstance(mark, Depends)), None)
    return None


def build_plan(handler: Call, overrides: Overrides | None = None) -> InjectionPlan:
    """Flattens the handler's dependencies, each run once per request unless it says `use_cache=False`."""
    return _Planner(handler, overrides or {}).plan()


class _Planner:
    """Walks the dependencies of one handler, depth first, so that every value is there before it is taken."""

    def __init__(self, handler: Call, overrides: Overrides) -> None:
        self._handler = handler
        self._overrides = overrides
        self._constants: list[tuple[str, type[Any]]] = []
        self._immediate: list[tuple[str, Callable[[RequestContext], Any]]] = []
        self._steps: list[_Step] = []
        self._shared: dict[Call, int] = {}

    def plan(self) -> InjectionPlan:
        arguments = self._arguments_of(self._handler)
        taken = {index for step in self._steps for _, index in step.takes} | {index for _, index in arguments}
        opens_any = any(step.opens is not None for step in self._steps)
        return InjectionPlan(tuple(self._constants), tuple(self._immediate), tuple(self._steps), arguments, _REQUEST in taken, opens_any)

    def _arguments_of(self, call: Call) -> tuple[tuple[str, int], ...]:
        takes: list[tuple[str, int]] = []
        hints = get_type_hints(call, include_extras=True)
        for name, parameter in inspect.signature(call).parameters.items():
            hint = hints.get(name)
            mark = dependency_of(hint)
            if mark is not None and not (call is self._handler and self._is_immediate(name, mark)):
                takes.append((name, self._add(mark, hint)))
            elif mark is not None:
                continue
            elif isinstance(hint, type) and hint in _GIVEN:
                takes.append((name, _GIVEN[hint]))
            elif parameter.default is inspect.Parameter.empty and call is not self._handler:
                raise InjectionError(f"{_name(call)} takes {name!r}, which is neither Exchange, Request nor another dependency")
        return tuple(takes)

    def _is_immediate(self, name: str, mark: Depends) -> bool:
        """Notes what needs no coroutine: application-wide objects, and what an exchange has ready. Overrides are never taken for it."""
        if mark.dependency in self._overrides:
            return False
        kind = getattr(mark.dependency, "resource", None)
        get = getattr(mark.dependency, "immediate", None)
        if kind is not None:
            self._constants.append((name, kind))
        elif get is not None:
            self._immediate.append((name, get))
        return get is not None

    def _add(self, mark: Depends, hint: Any) -> int:
        """The index of the dependency's value; those of its own dependencies come before it."""
        declared = mark.dependency or get_args(hint)[0]
        call = _awaitable(self._overrides[declared]) if declared in self._overrides else declared
        if mark.use_cache and declared in self._shared:
            return self._shared[declared]
        is_generator = inspect.isasyncgenfunction(call)
        if not is_generator and not inspect.iscoroutinefunction(call):
            raise InjectionError(f"the dependency {_name(call)} must be `async def`: a plain function would need a thread")
        opens = asynccontextmanager(call) if is_generator else None
        self._steps.append(_Step(call, self._arguments_of(call), opens, outlives=mark.scope != "function"))
        index = len(self._steps) - 1 + len(_GIVEN)
        if mark.use_cache:
            self._shared[declared] = index
        return index


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
