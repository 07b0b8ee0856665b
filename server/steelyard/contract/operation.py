"""One operation as an ASGI application: from the request to the response, in the order that the contract promises.

Only HTTP is here. `execution.runner` runs the handler.
"""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.types import Receive, Scope, Send

from steelyard.contract.access.authorization import Authenticator
from steelyard.contract.access.keys import authorizer, query_keys, varying_headers
from steelyard.contract.access.rate_limits import RateLimits
from steelyard.contract.document import Document
from steelyard.contract.execution.context import RequestContext, SharedObjects
from steelyard.contract.execution.deadlines import Deadlines, late_or, unhurried
from steelyard.contract.execution.idempotency import ResponseSealing
from steelyard.contract.execution.injection import Call
from steelyard.contract.execution.runner import HandlerRunner, ProblemsByConstraint
from steelyard.contract.http.etags import revalidated
from steelyard.contract.http.field_lines import combined
from steelyard.contract.http.media_types import is_stream
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.http.sending import send_response
from steelyard.contract.observer import ContractViolation, RequestObserver, RequestRecord
from steelyard.contract.open_streams import OpenStreams
from steelyard.contract.request.bodies import body_of
from steelyard.contract.request.body import RequestBody, is_empty
from steelyard.contract.request.heads import ClientDisconnected
from steelyard.contract.request.parameters import ParameterReader
from steelyard.contract.request.violations import validation_failed, violation
from steelyard.contract.response.negotiation import Negotiation
from steelyard.contract.response.problems import render_problem
from steelyard.contract.response.validator import ResponseValidator
from steelyard.contract.streaming import STREAM_S, StreamSender
from steelyard.db.errors import DatabaseUnavailable
from steelyard.sources import Sources
from steelyard_contract import models as m
from steelyard_contract.operations import Operation
from steelyard_contract.policy import LIMITED_BY_USER
from steelyard_contract.problems import BodyTooLarge, InternalError, Problem, RateLimited, Unavailable, ValidationFailed

_PRIVATE = (b"cache-control", b"private, no-store")
_PUBLIC = (b"cache-control", b"public, max-age=60")
_NOT_STORED = (b"cache-control", b"no-store")
_CLOSE = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts that all compiled operations of an application share."""

    document: Document
    shared: SharedObjects
    authenticator: Authenticator[Any]  # only the authenticator reads the claims that it has made
    rate_limits: RateLimits
    validator: ResponseValidator
    problems_by_constraint: ProblemsByConstraint
    sealing: ResponseSealing
    sources: Sources
    observer: RequestObserver
    deadlines: Deadlines
    open_streams: OpenStreams
    enforcers: Mapping[str, Authenticator[Any]] = field(default_factory=dict)  # of schemes that are API keys, by their names
    stream_deadlines: Deadlines = field(default_factory=partial(Deadlines, STREAM_S))
    immediate_dependencies: bool = True
    overrides: dict[Call, Call] = field(default_factory=dict)


class CompiledOperation:
    """Serves the requests of one operation."""

    def __init__(self, operation: Operation, handler: Call, runtime: Runtime) -> None:
        self.operation = operation
        self._runtime = runtime
        self._authorizer = authorizer(operation, runtime.authenticator, runtime.enforcers)
        self._parameters = ParameterReader(operation, runtime.document, query_keys(operation))
        self._body = body_of(operation.bodies, runtime.document)
        self._takes_file = not isinstance(self._body, RequestBody | None)
        self._shares_limit = runtime.rate_limits.are_shared(operation.rate_class)
        self._limits_users = operation.rate_class in LIMITED_BY_USER
        self._is_stream = any(is_stream(spec.media) for spec in operation.responses)
        self._is_guarded = not self._authorizer.is_open or operation.rate_class != "none" or self._is_stream
        self._runner = HandlerRunner(
            operation,
            handler,
            self._authorizer,
            shared=runtime.shared,
            overrides=runtime.overrides,
            immediate_dependencies=runtime.immediate_dependencies,
            problems_by_constraint=runtime.problems_by_constraint,
            sealing=runtime.sealing,
            random_bytes=runtime.sources.random_bytes,
            on_replay=partial(runtime.observer.replayed, operation.id),
        )
        self._streams = StreamSender(operation, self._authorizer, runtime.validator, runtime.observer, runtime.stream_deadlines)
        self._problems = frozenset(operation.problems)
        self._negotiation = Negotiation(operation)
        accept = ["Accept"] if self._negotiation.varies else []
        self._vary = (b"vary", ", ".join([*accept, *varying_headers(operation), "Origin"]).encode())
        is_public = () in operation.security and operation.method == "GET" and not self._streams.are_events
        self._anonymous = _PUBLIC if is_public else _NOT_STORED
        self._caches_itself = any(name == "Cache-Control" for spec in operation.responses for name, _ in spec.constants)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI application, for HTTP."""
        record: RequestRecord = scope["record"]
        record.operation_id = self.operation.id
        context = RequestContext(self.operation.id, scope, receive, self._runtime.shared, record.request_id, record.address)
        context.media = self._negotiation.first
        if self._takes_file:
            return self._serve_and_remove(context, record, send)
        if self._runner.opens_any or self._runtime.overrides or self._is_stream:
            return self._serve_and_close(context, record, send)
        return self._serve(context, record, send, None)

    async def _serve_and_remove(self, context: RequestContext, record: RequestRecord, send: Send) -> None:
        try:
            await self._serve_and_close(context, record, send)
        finally:
            if context.upload is not None:
                context.upload.close()

    async def _serve_and_close(self, context: RequestContext, record: RequestRecord, send: Send) -> None:
        async with AsyncExitStack() as outer:
            await self._serve(context, record, send, outer)

    async def _serve(self, context: RequestContext, record: RequestRecord, send: Send, outer: AsyncExitStack | None) -> None:
        """Send one response, also for an error. `outer` closes the dependencies that outlive the response."""
        limit_headers: list[Header] = []
        deadlines = self._runtime.deadlines
        context.deadline = deadlines.begin()
        try:
            response = await self._respond(context, limit_headers, outer)
            if not self._caches_itself:
                response.headers.append(_PRIVATE if context.caller is not None else self._anonymous)
        except ClientDisconnected:
            return
        except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001  # the operation's own edge: every error becomes a response
            problem = self._problem_for(await _close(outer, late_or(raised)), record)
            record.problem = problem.TYPE
            response = self._render(problem, context)
            response.headers.append(_NOT_STORED)
            if isinstance(problem, BodyTooLarge) or (self._body is None and _has_content(context.scope["headers"])):
                # The unread rest of the body would delay the next request on this connection.
                response.headers.append(_CLOSE)
        finally:
            deadlines.end(context.deadline)
            if context.caller is not None:
                record.user_id, record.credential_id = context.caller.user_id, context.caller.credential_id
        response.headers.append(self._vary)
        response.headers.extend(limit_headers)

        validator = self._runtime.validator
        is_checked = validator.samples(self.operation.id, response.status)
        if is_checked and validator.mode == "enforce":
            mismatches = validator.check(self.operation, response)
            if mismatches:
                self._runtime.observer.unhandled_error(ContractViolation("; ".join(map(str, mismatches))), record)
                record.problem = InternalError.TYPE
                response = self._render(InternalError(), context)
                response.headers.extend((_NOT_STORED, self._vary))
        await (
            self._streams.send(response, context, record, send, is_checked=is_checked)
            if response.items is not None
            else send_response(response, context.scope, send)
        )
        if is_checked and validator.mode == "observe":
            mismatches = validator.check(self.operation, response)
            if mismatches:
                self._runtime.observer.mismatches_found(mismatches, record)

    async def _respond(self, context: RequestContext, limit_headers: list[Header], outer: AsyncExitStack | None) -> RawResponse:
        """Check the request in the order of the contract, and run the handler."""
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
            await self._admit(context, headers, repeated, limit_headers, outer)
        accept = headers.get(b"accept")
        if accept is not None and accept != b"*/*":
            context.media = self._negotiation.of_success(accept)
        violations: list[m.Violation] = []
        if has_body and body is not None:
            body.check_head(headers, repeated)
        arguments = self._parameters.read(scope["path_params"], scope["query_string"], headers, repeated, violations)
        if self._negotiation.has_choice:
            arguments["media"] = context.media
        value = None
        if has_body or body is not None:
            value = await self._read_body(context, has_body, arguments, violations)
        if violations:
            raise validation_failed(violations)
        known = headers.get(b"if-none-match")
        context.known = known.decode("latin-1") if known is not None and self.operation.revalidates else None
        response = await self._runner.run(context, arguments, value, outer)
        if response.items is not None:
            return await self._streams.begin(response, response.items, context)
        return response if context.known is None else revalidated(response, context.known)

    async def _admit(
        self,
        context: RequestContext,
        headers: Mapping[bytes, bytes],
        repeated: Collection[bytes],
        limit_headers: list[Header],
        outer: AsyncExitStack | None,
    ) -> None:
        """Verify the credential, count the request, authorize the caller, and count a stream until `outer` is closed.

        The limit comes before the problem of a bad token, so that a flood of bad tokens is counted for its address.
        """
        claims = invalid = None
        if not self._authorizer.is_open:
            try:
                claims = self._authorizer.verify(headers, repeated, context.scope["query_string"])
            except Problem as problem:
                invalid = problem
        rate_limits, rate_class = self._runtime.rate_limits, self.operation.rate_class
        if rate_limits.are_on and rate_class != "none":
            holder_id = None if claims is None else claims.user_id if self._limits_users else claims.credential_id
            if self._shares_limit:
                decision = await rate_limits.take_shared(rate_class, holder_id, context.address)
            else:
                decision = rate_limits.take(rate_class, holder_id, context.address)
            limit_headers += rate_limits.headers(rate_class, decision)
            if not decision.allowed:
                raise RateLimited(policy=rate_class, retry_after=decision.retry_after_s)
        if invalid is not None:
            raise invalid
        if claims is not None:
            context.claims = claims
            context.caller = await self._authorizer.authorize(claims, context.read())
        if self._is_stream:
            assert outer is not None
            outer.enter_context(self._runtime.open_streams.counted(context, self._problems))

    async def _read_body(self, context: RequestContext, has_body: bool, arguments: dict[str, Any], violations: list[m.Violation]) -> Any:
        """Put the model into `arguments`; return the plain value, by which repeated requests are compared."""
        if self._body is None:
            # An operation without any input declares no ValidationFailed: its body is ignored, like a query.
            if ValidationFailed.__name__ in self._problems and not await unhurried(
                context.deadline, is_empty(context.scope, context.receive)
            ):
                violations.append(violation("unexpected_body", ("body",), "This operation does not accept a body"))
            return None
        if not has_body:
            if self._body.required:
                violations.append(violation("missing", ("body",), "A body is required"))
            arguments["body"] = None
            return None
        raw: Any = await unhurried(context.deadline, self._body.read(context.receive, context.scope["headers"]))
        if self._takes_file:
            context.upload = raw
        if not raw and not self._body.required:
            arguments["body"] = None
            return None
        arguments["body"], value = self._body.parse(raw, violations)
        return value

    def _render(self, problem: Problem, context: RequestContext) -> RawResponse:
        return render_problem(problem, context.request_id, self._negotiation.of_problem(context.scope["headers"]))

    def _problem_for(self, error: Exception, record: RequestRecord) -> Problem:
        """The problem that the caller gets. An error that the contract does not declare for this operation is our fault, logged once."""
        if isinstance(error, Problem) and type(error).__name__ in self._problems:
            return error
        if isinstance(error, DatabaseUnavailable):
            return Unavailable(retry_after=error.retry_after)
        if isinstance(error, TimeoutError):
            return Unavailable(retry_after=1)
        self._runtime.observer.unhandled_error(error, record)
        return InternalError()


async def _close(stack: AsyncExitStack | None, raised: Exception) -> Exception:
    """The error after every generator that outlives its handler has seen it, as with FastAPI: a generator may raise another."""
    if stack is not None:
        try:
            await stack.__aexit__(type(raised), raised, raised.__traceback__)
        except Exception as instead:  # noqa: BLE001  # the same edge: the error of a generator becomes the response
            return instead
    return raised


def _has_content(headers: list[Header]) -> bool:
    return any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers)
