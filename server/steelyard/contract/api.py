"""A FastAPI application whose contract operations are compiled; routers, middleware, lifespan and overrides are those of FastAPI."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.contract.deprecation import announce_deprecation
from steelyard.contract.dispatch import Dispatcher, RouteTable
from steelyard.contract.edge import Edge
from steelyard.contract.execution.injection import Call
from steelyard.contract.http.responses import Header, RawResponse
from steelyard.contract.http.sending import send_response
from steelyard.contract.observer import RequestRecord
from steelyard.contract.operation import CompiledOperation, Runtime
from steelyard.contract.request.violations import validation_failed, violation
from steelyard.contract.response.problems import render_blank, render_problem
from steelyard_contract import models as m
from steelyard_contract.operations import BASE_PATH, Operation
from steelyard_contract.problems import MethodNotAllowed, NotFound

Kind = TypeVar("Kind")


class CompiledRoute(APIRoute):
    """A route that FastAPI lists like any other and that runs a compiled operation."""

    operation: CompiledOperation

    def matches(self, scope: Scope) -> tuple[Match, Scope]:  # noqa: ARG002  # as Starlette's
        """Never matches: the dispatch handles the paths of the contract. Starlette would match decoded paths, where `%2F` is a slash."""
        return Match.NONE, {}

    def install(self, operation: CompiledOperation, handler: Call) -> None:
        """Put the compiled operation in the place of FastAPI's own handling."""
        self.operation = operation
        self.app = operation
        self.endpoint = handler


class ContractAPI(FastAPI):
    """Operations go through the dispatch of the contract; all other paths go to FastAPI."""

    def __init__(self, runtime: Runtime, edge: Callable[[ASGIApp], Edge], **options: Any) -> None:
        self._runtime = runtime
        self._is_traced = "telemetry" in options
        super().__init__(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, **options)
        self._edge = edge
        self._compiled: list[CompiledOperation] = []
        self.add_exception_handler(HTTPException, _http_problem)
        self.add_exception_handler(RequestValidationError, _validation_problem)

    def add_operation(self, operation: Operation, handler: Call) -> None:
        """Compile an operation and register its route."""
        compiled = CompiledOperation(operation, handler, self._runtime)
        self.router.add_api_route(
            BASE_PATH + operation.path,
            _placeholder,
            methods=[operation.method],
            name=operation.handler,
            operation_id=operation.id,
            tags=[operation.tag],
            route_class_override=CompiledRoute,
        )
        route = self.router.routes[-1]
        assert isinstance(route, CompiledRoute)
        route.install(compiled, handler)
        self._compiled.append(compiled)

    def shared(self, kind: type[Kind]) -> Kind:
        """The application's only object of that type."""
        instance: Kind = self._runtime.shared[kind]
        return instance

    @property
    def dependency_overrides(self) -> dict[Call, Call]:
        """As in FastAPI: tests add replacements, or set it as a whole."""
        return self._runtime.overrides

    @dependency_overrides.setter
    def dependency_overrides(self, replacements: Mapping[Call, Call]) -> None:
        self._runtime.overrides.clear()
        self._runtime.overrides.update(replacements)

    def openapi(self) -> dict[str, Any]:
        """The contract as written; nothing is derived from the code."""
        return self._runtime.document.tree

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application. Requests take the way that FastAPI would choose for them, without its two layers."""
        if scope["type"] == "http" and self.middleware_stack is not None and not (self._is_traced or self.root_path):
            scope["app"] = self
            await self.middleware_stack(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _announced(self, compiled: CompiledOperation) -> ASGIApp:
        deprecation = compiled.operation.deprecation
        return compiled if deprecation is None else announce_deprecation(compiled, deprecation, self._runtime.observer)

    def build_middleware_stack(self) -> ASGIApp:
        """Edge, then user middleware, then the contract's dispatch, then the rest of FastAPI."""
        handlers = {key: value for key, value in self.exception_handlers.items() if key not in (500, Exception)}
        plain = ExceptionMiddleware(AsyncExitStackMiddleware(self.router), handlers=handlers)
        routes = RouteTable((each.operation.method, BASE_PATH + each.operation.path, self._announced(each)) for each in self._compiled)
        app: ASGIApp = Dispatcher(routes, _not_allowed, plain)
        for middleware in reversed(self.user_middleware):
            app = middleware.cls(app, *middleware.args, **middleware.kwargs)
        return self._edge(app)


async def _placeholder() -> None:
    """Gives FastAPI a signature without parameters: those of a handler are read by our binder."""


async def _not_allowed(scope: Scope, send: Send, allow: tuple[str, ...]) -> None:
    """405 for a method that a path of the contract does not have; a plain OPTIONS gets a 204 with `Allow`."""
    record: RequestRecord = scope["record"]
    methods: Header = (b"allow", ", ".join(allow).encode())
    if scope["method"] == "OPTIONS":
        await send_response(RawResponse(204, [methods], b""), scope, send)
        return
    record.problem = MethodNotAllowed.TYPE
    await send_response(
        render_problem(
            MethodNotAllowed(allow=[m.HttpMethod(method) for method in allow], allow_header=methods[1].decode()), record.request_id
        ),
        scope,
        send,
    )


async def _http_problem(request: Request, error: Exception) -> Response:
    """What plain routes refuse, in the one form of the contract."""
    assert isinstance(error, HTTPException)
    record: RequestRecord = request.scope["record"]
    # Starlette's phrase for a path without a route. A route that raises 404 itself has another detail.
    if error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase:
        raw = render_problem(NotFound(), record.request_id)
    else:
        raw = render_blank(error.status_code, str(error.detail), record.request_id)
    raw.headers.extend((name.lower().encode(), value.encode("latin-1")) for name, value in (error.headers or {}).items())
    return _response(raw)


async def _validation_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    violations = [violation(each["type"], each["loc"], each["msg"]) for each in error.errors()]
    return _response(render_problem(validation_failed(violations), request.scope["record"].request_id))


def _response(raw: RawResponse) -> Response:
    response = Response(raw.body, raw.status)
    response.raw_headers = [*raw.headers, (b"content-length", b"%d" % len(raw.body))]
    return response
