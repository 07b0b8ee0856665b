"""How a handler gets its dependencies: a flat plan, made once, so that no request walks a graph."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi.params import Depends
from starlette.requests import Request

from steelyard.contract.execution.context import RequestContext

Call = Callable[..., Any]
# Replacements by the declared dependency; a shared object is declared by its type.
Overrides = Mapping[Call, Call]

# The values that every plan starts with, by their annotations.
_GIVEN: dict[Any, int] = {RequestContext: 0, Request: 1}
_REQUEST = _GIVEN[Request]


class InjectionError(Exception):
    """A dependency that cannot run on the request path; the message names it and the reason."""


@dataclass(frozen=True, slots=True)
class _Step:
    call: Call
    takes: tuple[tuple[str, int], ...]  # argument, index of an earlier value
    opens: Call | None  # for an async generator: its context manager
    outlives: bool  # closed after the response is sent, not before


@dataclass(frozen=True, slots=True)
class InjectionPlan:
    """The steps that make a handler's dependencies, in order, and the argument for each value."""

    constants: tuple[tuple[str, type[Any]], ...]  # shared objects
    immediate: tuple[tuple[str, Callable[[RequestContext], Any]], ...]  # values that need no waiting
    steps: tuple[_Step, ...]
    arguments: tuple[tuple[str, int], ...]
    uses_request: bool
    opens_any: bool

    async def run(self, context: RequestContext, inner: AsyncExitStack | None, outer: AsyncExitStack | None) -> dict[str, Any]:
        """The handler's keyword arguments. Generators are entered on the stack that fits their scope."""
        injected: dict[str, Any] = {name: context.shared[kind] for name, kind in self.constants}
        injected |= {name: get(context) for name, get in self.immediate}
        values: list[Any] = [context, Request(context.scope, context.receive) if self.uses_request else None]
        for step in self.steps:
            taken = {name: values[index] for name, index in step.takes}
            if step.opens is None:
                values.append(await step.call(**taken))
            else:
                stack = outer if step.outlives else inner
                assert stack is not None, "a plan with generators is run with its stacks"
                values.append(await stack.enter_async_context(step.opens(**taken)))
        return injected | {name: values[index] for name, index in self.arguments}


def dependency_of(hint: Any) -> Depends | None:
    """The `Depends` of an annotation, if it has one."""
    if get_origin(hint) is Annotated:
        return next((mark for mark in hint.__metadata__ if isinstance(mark, Depends)), None)
    return None


# More than a process has handlers and dependencies, though one of tests has many applications.
@lru_cache(maxsize=1000)
def signature_of(call: Call) -> tuple[dict[str, Any], Mapping[str, inspect.Parameter]]:
    """The annotations of a function, with what `Annotated` adds, and its parameters."""
    return get_type_hints(call, include_extras=True), inspect.signature(call).parameters


def build_plan(handler: Call, overrides: Overrides | None = None, *, immediate: bool = True) -> InjectionPlan:
    """Flatten the handler's dependencies. Each runs once per request unless it has `use_cache=False`.

    Without `immediate` every dependency is a coroutine that is awaited, also where its value needs no waiting.
    """
    return _Planner(handler, overrides or {}, takes_immediate=immediate).plan()


class _Planner:
    """Walks the dependencies of one handler, depth first, so that every value exists before a step takes it."""

    def __init__(self, handler: Call, overrides: Overrides, *, takes_immediate: bool) -> None:
        self._handler = handler
        self._takes_immediate = takes_immediate
        self._overrides = overrides
        self._constants: list[tuple[str, type[Any]]] = []
        self._immediate: list[tuple[str, Callable[[RequestContext], Any]]] = []
        self._steps: list[_Step] = []
        self._indexes: dict[Call, int] = {}

    def plan(self) -> InjectionPlan:
        arguments = self._arguments_of(self._handler)
        taken = {index for step in self._steps for _, index in step.takes} | {index for _, index in arguments}
        opens_any = any(step.opens is not None for step in self._steps)
        return InjectionPlan(tuple(self._constants), tuple(self._immediate), tuple(self._steps), arguments, _REQUEST in taken, opens_any)

    def _arguments_of(self, call: Call) -> tuple[tuple[str, int], ...]:
        takes: list[tuple[str, int]] = []
        hints, parameters = signature_of(call)
        for name, parameter in parameters.items():
            hint = hints.get(name)
            mark = dependency_of(hint)
            if mark is not None:
                declared = mark.dependency or get_args(hint)[0]
                if call is not self._handler or not self._is_immediate(name, declared, mark):
                    takes.append((name, self._add(declared, mark)))
            elif isinstance(hint, type) and hint in _GIVEN:
                takes.append((name, _GIVEN[hint]))
            elif parameter.default is inspect.Parameter.empty and call is not self._handler:
                raise InjectionError(f"{_name(call)} takes {name!r}, which is neither RequestContext, Request nor another dependency")
        return tuple(takes)

    def _is_immediate(self, name: str, declared: Any, mark: Depends) -> bool:
        """Note a shared object or an immediate value, which need no step. An override is always a step."""
        if declared in self._overrides or not self._takes_immediate:
            return False
        if mark.dependency is None:
            self._constants.append((name, declared))
            return True
        get = getattr(declared, "immediate", None)
        if get is not None:
            self._immediate.append((name, get))
        return get is not None

    def _add(self, declared: Any, mark: Depends) -> int:
        """The index of the dependency's value; the values that it depends on come before it."""
        if declared in self._overrides:
            call = _awaitable(self._overrides[declared])
        else:
            call = _provide_shared(declared) if mark.dependency is None else declared
        if mark.use_cache and declared in self._indexes:
            return self._indexes[declared]
        is_generator = inspect.isasyncgenfunction(call)
        if not is_generator and not inspect.iscoroutinefunction(call):
            raise InjectionError(f"the dependency {_name(call)} must be `async def`: a plain function would need a thread")
        opens = asynccontextmanager(call) if is_generator else None
        self._steps.append(_Step(call, self._arguments_of(call), opens, outlives=mark.scope != "function"))
        index = len(self._steps) - 1 + len(_GIVEN)
        if mark.use_cache:
            self._indexes[declared] = index
        return index


def _provide_shared(kind: type[Any]) -> Call:
    async def provide(context: RequestContext) -> Any:
        return context.shared[kind]

    return provide


def _awaitable(override: Call) -> Call:
    """Tests replace dependencies by plain functions and lambdas, too; they run in place, without a thread."""
    if inspect.iscoroutinefunction(override) or inspect.isasyncgenfunction(override):
        return override

    @wraps(override)
    async def call(**arguments: Any) -> Any:
        return override(**arguments)

    return call


def _name(call: Call) -> str:
    return f"{getattr(call, '__module__', '?')}.{getattr(call, '__qualname__', call)}"
