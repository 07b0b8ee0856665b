"""An operation as an ASGI application: everything that its contract says, done in the order that the contract promises."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from steelyard.contract.access.authorization import Authenticator, Authorizer
from steelyard.contract.access.caller import CallerChanged
from steelyard.contract.access.rate_limits import RateLimits
from steelyard.contract.document import Document
from steelyard.contract.execution.context import RequestContext, SharedObjects
from steelyard.contract.execution.deadlines import Deadlines
from steelyard.contract.execution.idempotency import IdempotencyKeys
from steelyard.contract.execution.injection import Call, InjectionPlan, build_plan
from steelyard.contract.http.accept import accepts
from steelyard.contract.http.etags import is_not_modified
from steelyard.contract.http.field_lines import combined
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.http.sending import send_response
from steelyard.contract.observer import ContractViolation, RequestObserver, RequestRecord
from steelyard.contract.request.body import ClientDisconnected, RequestBody
from steelyard.contract.request.parameters import ParameterReader
from steelyard.contract.request.violations import validation_failed, violation
from steelyard.contract.response.encoder import ResponseEncoder
from steelyard.contract.response.problems import render_problem
from steelyard.contract.response.validator import ResponseValidator
from steelyard.db.errors import ConstraintViolated, DatabaseUnavailable, LockTimeout, TransactionConflict
from steelyard.db.transaction import FirstChange
from steelyard.idempotency.queries import KEY_TAKEN
from steelyard.sources import Sources
from steelyard_contract import models as m
from steelyard_contract.operations import Operation
from steelyard_contract.problems import BodyTooLarge, InternalError, NotAcceptable, Problem, RateLimited, Unavailable, ValidationFailed

T = TypeVar("T")

# A lost race is run again so often, after a pause that grows, before the caller is asked to come back.
_MAX_RUNS = 4
_PAUSE_S = 0.005

_PRIVATE = (b"cache-control", b"private, no-store")
_PUBLIC = (b"cache-control", b"public, max-age=60")
_NOT_STORED = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")
# What a caller may not do, or not know of.
_HIDING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
# What a 304 repeats of the 200 (RFC 9110, section 15.4.5); the rest the caller has already.
_OF_UNCHANGED = frozenset({b"etag", b"cache-control"})

# What a broken rule of the database means to callers; LostRace: run again, the check before it will see it now.
ProblemsByConstraint = Mapping[str, type[Problem] | type[TransactionConflict]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What all compiled operations of an application share."""

    document: Document
    shared: SharedObjects
    authenticator: Authenticator[Any]  # the claims that it recognises go back to it alone
    rate_limits: RateLimits
    validator: ResponseValidator
    problems_by_constraint: ProblemsByConstraint
    sources: Sources
    observer: RequestObserver
    deadlines: Deadlines
    overrides: dict[Call, Call] = field(default_factory=dict)


class CompiledOperation:
    """One operation: from scope to answer."""

    def __init__(self, operation: Operation, handler: Call, runtime: Runtime) -> None:
        self.operation = operation
        self._handler = handler
        self._runtime = runtime
        document = runtime.document
        self._authorizer = Authorizer(operation, runtime.authenticator)
        self._parameters = ParameterReader(operation, document)
        self._body = RequestBody(operation.bodies, document) if operation.bodies else None
        self._is_guarded = not self._authorizer.is_open or operation.rate_class != "none"
        self._encode = ResponseEncoder(operation)
        self._keys = IdempotencyKeys(operation) if operation.idempotency is not None else None
        self._plan = build_plan(handler)
        self._constants = {name: runtime.shared[kind] for name, kind in self._plan.constants}
        self._immediate = self._plan.immediate
        self._overridden: dict[tuple[tuple[Call, Call], ...], InjectionPlan] = {}
        self._problems = frozenset(operation.problems)
        self._media = [answer.media for answer in operation.responses if answer.media is not None]
        secured = bool(operation.security)
        self._vary = (b"vary", b"Authorization, Origin" if secured else b"Origin")
        self._anonymous = _PUBLIC if secured and () in operation.security and operation.method == "GET" else _NOT_STORED
        self._caches_itself = any(name == "Cache-Control" for answer in operation.responses for name, _ in answer.constants)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI application, for HTTP."""
        record: RequestRecord = scope["record"]
        record.operation_id = self.operation.id
        context = RequestContext(self.operation.id, scope, receive, self._runtime.shared, record.request_id, record.address)
        if self._plan.opens_any or self._runtime.overrides:
            return self._exchange_and_close(context, record, send)
        return self._exchange(context, record, send, None)

    async def _exchange_and_close(self, context: RequestContext, record: RequestRecord, send: Send) -> None:
        async with AsyncExitStack() as outer:
            await self._exchange(context, record, send, outer)

    async def _exchange(self, context: RequestContext, record: RequestRecord, send: Send, outer: AsyncExitStack | None) -> None:
        """From request to answer, whatever happens in between. `outer` closes what is to outlive the answer."""
        limit_headers: list[Header] = []
        deadlines = self._runtime.deadlines
        context.deadline = deadlines.begin()
        try:
            answer = await self._answer(context, limit_headers, outer)
            if not self._caches_itself:
                answer.headers.append(_PRIVATE if context.caller is not None else self._anonymous)
        except ClientDisconnected:
            return
        except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001  # the operation's own edge: whatever is raised becomes an answer
            problem = self._problem_of(await _unwound(outer, _late_or(raised)), record)
            record.problem = problem.TYPE
            answer = render_problem(problem, record.request_id)
            answer.headers.append(_NOT_STORED)
            if isinstance(problem, BodyTooLarge) or (self._body is None and _has_content(context.scope["headers"])):
                # The rest of a body that nobody reads would hold up whatever comes next on this connection.
                answer.headers.append(_CLOSE)
        finally:
            deadlines.end(context.deadline)
        if context.caller is not None:
            record.user_id = context.caller.user_id
        answer.headers.append(self._vary)
        answer.headers.extend(limit_headers)

        validator = self._runtime.validator
        looked_at = validator.wants(self.operation.id, answer.status)
        if looked_at and validator.mode == "enforce":
            findings = validator.check(self.operation, answer)
            if findings:
                self._runtime.observer.unhandled_error(ContractViolation("; ".join(map(str, findings))), record)
                record.problem = InternalError.TYPE
                answer = render_problem(InternalError(), record.request_id)
                answer.headers.extend((_NOT_STORED, self._vary))
        await send_response(answer, context.scope, send)
        if looked_at and validator.mode == "observe":
            findings = validator.check(self.operation, answer)
            if findings:
                self._runtime.observer.mismatches_found(findings, record)

    async def _answer(self, context: RequestContext, limit_headers: list[Header], outer: AsyncExitStack | None) -> RawResponse:
        scope = context.scope
        sent: list[Header] = scope["headers"]
        headers = dict(sent)
        repeated: Collection[bytes] = ()
        if len(headers) != len(sent):
            headers, repeated = combined(sent)
        has_body = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"

        body = self._body
        if body is not None:
            body.check_size(headers)
        if self._is_guarded:
            claims = self._identify(context, headers, repeated, limit_headers)
            if claims is not None:
                context.claims = claims
                context.caller = await self._authorizer.authorize(claims, context.read())
        accept = headers.get(b"accept")
        if accept is not None and accept != b"*/*" and self._media and not accepts(accept.decode("latin-1"), self._media[0]):
            raise NotAcceptable(available=self._media)
        violations: list[m.Violation] = []
        if has_body and body is not None:
            body.check_head(headers)
        arguments = self._parameters.read(scope["path_params"], scope["query_string"], headers, repeated, violations)
        value = None
        if has_body or body is not None:
            value = await self._read_body(context, has_body, arguments, violations)
        if violations:
            raise validation_failed(violations)
        answer = await self._run(context, arguments, value, outer)
        known = headers.get(b"if-none-match") if self.operation.revalidates else None
        return _revalidated(answer, known.decode("latin-1")) if known is not None else answer

    def _identify(
        self, context: RequestContext, headers: Mapping[bytes, bytes], repeated: Collection[bytes], limit_headers: list[Header]
    ) -> Any:
        """Whose token came along. Limits before credentials: a flood of bad tokens is counted against its address."""
        claims = refused = None
        if not self._authorizer.is_open:
            try:
                claims = self._authorizer.verify(headers, repeated)
            except Problem as problem:
                refused = problem
        rate_limits, rate_class = self._runtime.rate_limits, self.operation.rate_class
        if rate_limits.are_on and rate_class != "none":
            decision = rate_limits.take(rate_class, claims.credential_id if claims is not None else None, context.address)
            limit_headers += rate_limits.headers(rate_class, decision)
            if not decision.allowed:
                raise RateLimited(policy=rate_class, retry_after=decision.retry_after_s)
        if refused is not None:
            raise refused
        return claims

    async def _read_body(self, context: RequestContext, has_body: bool, arguments: dict[str, Any], violations: list[m.Violation]) -> Any:
        """Puts the model under `body`; gives the plain value, by which repeated requests are compared."""
        if self._body is None:
            # Whoever takes no input at all has no words to refuse one: it is ignored, like a query.
            if ValidationFailed.__name__ in self._problems and not await _unhurried(context, _is_empty(context)):
                violations.append(violation("unexpected_body", ("body",), "This operation does not accept a body"))
            return None
        if not has_body:
            if self._body.required:
                violations.append(violation("missing", ("body",), "A body is required"))
            arguments["body"] = None
            return None
        model: BaseModel | None
        raw = await _unhurried(context, self._body.read(context.receive))
        if not raw and not self._body.required:
            arguments["body"] = None
            return None
        model, value = self._body.parse(raw, violations)
        arguments["body"] = model
        return value

    async def _run(self, context: RequestContext, arguments: dict[str, Any], value: Any, outer: AsyncExitStack | None) -> RawResponse:
        """As often as races are lost."""
        for run in range(_MAX_RUNS):
            try:
                return await self._once(context, arguments, value, outer, is_first=run == 0)
            except TransactionConflict as lost:
                if isinstance(lost, CallerChanged):
                    context.caller = await self._authorizer.authorize_again(context.claims, context.read())
                noise = self._runtime.sources.random_bytes(1)[0] / 256
                await asyncio.sleep(_PAUSE_S * (2**run) * (0.5 + noise))
        raise Unavailable(retry_after=1)

    async def _once(
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
                    await self._end(context)
                    return stored
            answer = self._encode(await self._handle(context, arguments, outer))
            transaction = context.transaction
            if transaction is not None:
                if keys is not None and key is not None:
                    await keys.store(context, key, answer)
                await transaction.commit()
        except BaseException as error:
            await self._end(context, error)
            meaning = self._meaning(error, may_be_taken=is_first and key is not None)
            if meaning is None:
                raise
            raise meaning from error
        context.transaction = None
        return answer

    async def _rehearse(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> None:
        """Raises what hides or forbids the operation to this caller today: a stored response is no way around it.

        The credential is read again, because a handler may find an ended one only by its first change. Then the handler runs, up to that
        change. Any other refusal tells of the state that the first request has left behind.
        """
        context.caller = await self._authorizer.authorize_again(context.claims, context.begin())
        context.begin().rehearse()
        try:
            await self._handle(context, arguments, outer)
        except FirstChange:
            pass
        except Problem as problem:
            if problem.STATUS in _HIDING:
                raise

    def _handle(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> Awaitable[Any]:
        """What the handler returns."""
        if outer is not None or self._plan.steps:
            return self._handle_with_steps(context, arguments, outer)
        arguments |= self._constants
        for name, get in self._immediate:
            arguments[name] = get(context)
        handled: Awaitable[Any] = self._handler(**arguments)
        return handled

    async def _handle_with_steps(self, context: RequestContext, arguments: dict[str, Any], outer: AsyncExitStack | None) -> Any:
        """With dependencies to await or to close, or with those that a test has put in place."""
        async with AsyncExitStack() as inner:
            given = await self._current_plan().run(context, inner, outer)
            return await self._handler(**arguments, **given)

    async def _end(self, context: RequestContext, error: BaseException | None = None) -> None:
        """A refusal undoes everything, unless its transaction was told to keep what was done."""
        transaction, context.transaction = context.transaction, None
        if transaction is not None:
            if transaction.keeps(error):
                await transaction.commit()
            elif isinstance(error, asyncio.CancelledError):
                transaction.abandon()
            else:
                await transaction.rollback()

    def _meaning(self, error: BaseException, *, may_be_taken: bool) -> Problem | TransactionConflict | None:
        """What a refusal of the database means, if anything; LostRace runs the operation again, and then the key is claimed first."""
        if isinstance(error, LockTimeout):
            return TransactionConflict("somebody else may be using the key") if may_be_taken else None
        if not isinstance(error, ConstraintViolated):
            return None
        if error.constraint == KEY_TAKEN:
            return TransactionConflict("the key is taken")
        meaning = self._runtime.problems_by_constraint.get(error.constraint)
        return None if meaning is None else meaning()

    def _current_plan(self) -> InjectionPlan:
        """The plan made at start, or one with today's `app.dependency_overrides`, as tests set them."""
        overrides = self._runtime.overrides
        if not overrides:
            return self._plan
        key = tuple(overrides.items())
        if key not in self._overridden:
            self._overridden[key] = build_plan(self._handler, overrides)
        return self._overridden[key]

    def _problem_of(self, error: Exception, record: RequestRecord) -> Problem:
        """What callers are told. What the contract does not declare for this operation is a fault of ours, logged once."""
        if isinstance(error, Problem) and type(error).__name__ in self._problems:
            return error
        if isinstance(error, DatabaseUnavailable):
            return Unavailable(retry_after=error.retry_after)
        if isinstance(error, TimeoutError):
            return Unavailable(retry_after=1)
        self._runtime.observer.unhandled_error(error, record)
        return InternalError()


def _late_or(raised: BaseException) -> Exception:
    """What to tell of a request that its deadline has ended, or a server that stops and waits no longer: nobody else cancels."""
    if isinstance(raised, Exception):
        return raised
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
    return TimeoutError()


async def _unwound(stack: AsyncExitStack | None, raised: Exception) -> Exception:
    """What is raised in the end, after every generator that outlives its handler has been told, as FastAPI's are."""
    if stack is not None:
        try:
            await stack.__aexit__(type(raised), raised, raised.__traceback__)
        except Exception as instead:  # noqa: BLE001  # the same edge: what a generator raises becomes the answer
            return instead
    return raised


async def _unhurried(context: RequestContext, reading: Awaitable[T]) -> T:
    """What is read. The time that the sender takes for it is bounded by the protocol, and nothing that the request's budget pays for."""
    deadline = context.deadline
    deadline.is_paused, began_s = True, monotonic()
    read = await reading
    deadline.due += monotonic() - began_s
    deadline.is_paused = False
    return read


async def _is_empty(context: RequestContext) -> bool:
    """Whether a body turns out to be nothing: clients that send in chunks cannot know it when they write the head."""
    if not any(name == b"transfer-encoding" for name, _ in context.scope["headers"]):
        return False
    while True:
        message = await context.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        if message.get("body"):
            return False
        if not message.get("more_body", False):
            return True


def _has_content(headers: list[Header]) -> bool:
    return any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers)


def _revalidated(answer: RawResponse, known: str) -> RawResponse:
    kept = [header for header in answer.headers if header[0] in _OF_UNCHANGED]
    tag = dict(kept).get(b"etag")
    if tag is None or not is_not_modified(known, tag.decode("latin-1")):
        return answer
    return RawResponse(304, kept, b"")
