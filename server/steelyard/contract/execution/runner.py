"""Runs the handler of an operation: with its arguments, its idempotency key, its transaction, and again after a conflict."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Any

from steelyard.contract.access.authorization import Authorizer
from steelyard.contract.access.caller import CallerChanged
from steelyard.contract.execution.context import RequestContext, SharedObjects
from steelyard.contract.execution.idempotency import IdempotencyKeys, ResponseSealing
from steelyard.contract.execution.injection import Call, InjectionError, InjectionPlan, Overrides, build_plan
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.response.encoder import encoders
from steelyard.db.errors import ConstraintViolated, LockTimeout, TransactionConflict
from steelyard.db.transaction import FirstChange
from steelyard.idempotency.queries import KEY_TAKEN
from steelyard_contract.operations import Operation
from steelyard_contract.problems import Problem, Unavailable

# After a conflict the handler runs again, after a pause that doubles. The last conflict is a 503.
_MAX_RUNS = 4
_PAUSE_S = 0.005

# Problems that hide a resource or forbid the operation to this caller.
_HIDING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)

# The problem that a broken constraint means. TransactionConflict: run again, because the check before it will see the new row.
ProblemsByConstraint = Mapping[str, type[Problem] | type[TransactionConflict]]


class HandlerRunner:
    """Runs the handler of one operation."""

    def __init__(
        self,
        operation: Operation,
        handler: Call,
        authorizer: Authorizer[Any],
        *,
        shared: SharedObjects,
        overrides: Overrides,
        immediate_dependencies: bool = True,
        problems_by_constraint: ProblemsByConstraint,
        sealing: ResponseSealing,
        random_bytes: Callable[[int], bytes],
        on_replay: Callable[[], None],
    ) -> None:
        self._handler = handler
        self._authorizer = authorizer
        self._overrides = overrides
        self._problems_by_constraint = problems_by_constraint
        self._random_bytes = random_bytes
        self._on_replay = on_replay
        self._encoders = encoders(operation)
        self._keys = IdempotencyKeys(operation, sealing) if operation.idempotency is not None else None
        self._plan = build_plan(handler, immediate=immediate_dependencies)
        self._constants = {name: _find(kind, shared, operation) for name, kind in self._plan.constants}
        self._overridden_plans: dict[tuple[tuple[Call, Call], ...], InjectionPlan] = {}
        self.opens_any = self._plan.opens_any

    async def run(self, context: RequestContext, arguments: dict[str, Any], value: Any, outer: AsyncExitStack | None) -> RawResponse:
        """The encoded response of the handler, committed. `value` is the plain body, by which repeated requests are compared."""
        for run in range(_MAX_RUNS):
            try:
                return await self._run_once(context, arguments, value, outer, is_first=run == 0)
            except TransactionConflict as conflict:
                if isinstance(conflict, CallerChanged):
                    context.caller = await self._authorizer.authorize_again(context.claims, context.read())
                noise = self._random_bytes(1)[0] / 256
                await asyncio.sleep(_PAUSE_S * (2**run) * (0.5 + noise))
        raise Unavailable(retry_after=1)

    async def _run_once(
        self, context: RequestContext, arguments: dict[str, Any], value: Any, outer: AsyncExitStack | None, *, is_first: bool
    ) -> RawResponse:
        """Key, handler, encoding and commit: all of it happens, or nothing."""
        keys = self._keys
        key = arguments["idempotency_key"] if keys is not None else None
        try:
            if keys is not None and key is not None:
                if is_first:
                    await keys.reserve(context, key, value)
                elif (stored := await keys.claim(context, key, value)) is not None:
                    await self._rehearse(context, arguments, outer)
                    await _end(context)
                    self._on_replay()
                    return stored
            response = self._encoders[context.media](await self._call(context, arguments, outer), context.known)
            transaction = context.opened
            if transaction is not None:
                if keys is not None and key is not None:
                    await keys.store(context, key, response)
                await transaction.commit()
        except BaseException as error:
            await _end(context, error)
            meaning = self._meaning(error, may_be_taken=is_first and key is not None)
            if meaning is None:
                raise
            raise meaning from error
        context.opened = None
        return response

    async def _rehearse(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> None:
        """Raise the problem that hides or forbids the operation to this caller today: a stored response must not get around it.

        The credential is read again, because a handler may notice an ended one only by its first change. Then the handler runs, up to
        that change. Any other problem describes the state that the first request has left behind.
        """
        context.caller = await self._authorizer.authorize_again(context.claims, context.transaction())
        context.transaction().rehearse()
        try:
            await self._call(context, arguments, outer)
        except FirstChange:
            pass
        except Problem as problem:
            if problem.STATUS in _HIDING:
                raise

    def _call(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> Awaitable[Any]:
        """The handler's return value. Without steps the handler's own coroutine is returned, which spares a call."""
        if outer is not None or self._plan.steps:
            return self._call_with_steps(context, arguments, outer)
        arguments |= self._constants
        for name, get in self._plan.immediate:
            arguments[name] = get(context)
        returned: Awaitable[Any] = self._handler(**arguments)
        return returned

    async def _call_with_steps(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> Any:
        """With dependencies that are awaited or closed, or with the overrides of a test."""
        async with AsyncExitStack() as inner:
            dependencies = await self._current_plan().run(context, inner, outer)
            return await self._handler(**arguments, **dependencies)

    def _current_plan(self) -> InjectionPlan:
        """The plan made at start, or one with the current `app.dependency_overrides`, as tests set them."""
        overrides = self._overrides
        if not overrides:
            return self._plan
        key = tuple(overrides.items())
        if key not in self._overridden_plans:
            self._overridden_plans[key] = build_plan(self._handler, overrides)
        return self._overridden_plans[key]

    def _meaning(self, error: BaseException, *, may_be_taken: bool) -> Problem | TransactionConflict | None:
        """The problem that a database error means, if any. TransactionConflict: run again, and claim the key first."""
        if isinstance(error, LockTimeout):
            return TransactionConflict("another request may hold the key") if may_be_taken else None
        if not isinstance(error, ConstraintViolated):
            return None
        if error.constraint == KEY_TAKEN:
            return TransactionConflict("the key is taken")
        meaning = self._problems_by_constraint.get(error.constraint)
        return None if meaning is None else meaning()


def _find(kind: type[Any], shared: SharedObjects, operation: Operation) -> Any:
    if kind not in shared:
        raise InjectionError(f"{operation.id} takes Shared[{kind.__name__}], and the application shares no such object")
    return shared[kind]


async def _end(context: RequestContext, error: BaseException | None = None) -> None:
    """Roll back, unless the transaction was marked to keep its changes although this problem is raised."""
    transaction, context.opened = context.opened, None
    if transaction is not None:
        if transaction.keeps(error):
            await transaction.commit()
        elif isinstance(error, asyncio.CancelledError):
            transaction.abandon()
        else:
            await transaction.rollback()
