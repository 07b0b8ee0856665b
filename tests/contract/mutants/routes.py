"""Mutants of routes, methods, handlers and dispatch."""

from typing import Any

import steelyard.contract.api
from steelyard.contract import dispatch
from steelyard.contract.api import ContractAPI
from steelyard_contract.operations import OPERATIONS, Operation
from tests.contract.mutants.operators import mutant
from tests.contract.mutants.seams import application, endpoints, on_app, on_compiled, swap


@mutant("route", "the handler is missing", lambda operation: True)
def unbound_handler(operation: Operation) -> None:
    module = endpoints(operation)
    delattr(module, operation.handler)


@mutant("route", "an operation is not registered", lambda operation: True)
def missing_route(operation: Operation) -> None:
    plain = vars(application())["bind_handlers"]

    def bind(*args: Any) -> dict[str, Any]:
        return {name: handler for name, handler in plain(*args).items() if name != operation.id}

    swap(application(), "bind_handlers", bind)


@mutant("route", "a route that is not in the contract")
def surplus_route(_: Operation) -> None:
    async def debug() -> dict[str, str]:
        return {}

    on_app(lambda app: app.add_api_route("/debug", debug))


@mutant("route", "a hidden route")
def hidden_route(_: Operation) -> None:
    async def debug() -> dict[str, str]:
        return {}

    on_app(lambda app: app.add_api_route("/debug", debug, include_in_schema=False))


@mutant(
    "route",
    "a coroutine without an operation",
    lambda operation: operation.id in {"getItem", "getOrder", "getUser", "issueToken", "getRoot"},
)
def surplus_handler(operation: Operation) -> None:
    async def surprise() -> None: ...

    module = endpoints(operation)
    surprise.__module__ = module.__name__
    vars(module)["surprise"] = surprise


@mutant("route", "another method", lambda operation: operation.method in {"PUT", "PATCH"})
def other_method(operation: Operation) -> None:
    def change(app: ContractAPI) -> None:
        for compiled in app._compiled:
            if compiled.operation.id == operation.id:
                object.__setattr__(compiled, "operation", _Renamed(compiled.operation, "POST" if operation.method == "PUT" else "PUT"))

    on_app(change)


class _Renamed:
    """An operation with another method."""

    def __init__(self, operation: Operation, method: str) -> None:
        self._operation, self.method = operation, method

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)


@mutant("route", "two handlers are exchanged", lambda operation: operation.id in {"deleteItem", "revokeCredential"})
def exchanged_handlers(operation: Operation) -> None:
    other = OPERATIONS["deleteAddress" if operation.id == "revokeCredential" else "updateItem"]

    def change(app: ContractAPI) -> None:
        by_id = {compiled.operation.id: compiled for compiled in app._compiled}
        exchanged: list[Any] = [
            _Posing(compiled.operation, by_id[other.id]) if compiled.operation.id == operation.id else compiled
            for compiled in app._compiled
        ]
        app._compiled[:] = exchanged

    on_app(change)


class _Posing:
    """A compiled operation in the place of another."""

    def __init__(self, operation: Operation, other: Any) -> None:
        self.operation, self._other = operation, other

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["path_params"] = {
            name: text
            for parameter in self._other.operation.parameters
            if parameter.where == "path"
            for name, text in [(parameter.name, next(iter(scope["path_params"].values())))]
        }
        await self._other(scope, receive, send)


@mutant("route", "Allow lacks HEAD")
def incomplete_allow(_: Operation) -> None:
    plain = dispatch.PathItem.__post_init__

    def made(self: Any) -> None:
        plain(self)
        self.allow = tuple(method for method in self.allow if method != "HEAD")

    swap(dispatch.PathItem, "__post_init__", made)


@mutant("route", "HEAD gets a 405")
def no_head(_: Operation) -> None:
    plain = dispatch.PathItem.__post_init__

    def made(self: Any) -> None:
        plain(self)
        self.methods.pop("HEAD", None)

    swap(dispatch.PathItem, "__post_init__", made)


@mutant("route", "a template handles the methods that a literal path does not have")
def porous_literal(_: Operation) -> None:
    plain = dispatch.Dispatcher.__call__

    async def call(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("method") == "DELETE" and scope.get("path") == "/users/me":
            scope["raw_path"] = b"/users/1"
        await plain(self, scope, receive, send)

    swap(dispatch.Dispatcher, "__call__", call)


@mutant("route", "a path with a trailing slash gets a 404")
def strict_slash(_: Operation) -> None:
    plain = dispatch.RouteTable.find
    swap(
        dispatch.RouteTable, "find", lambda self, raw_path: None if raw_path.endswith(b"/") and raw_path != b"/" else plain(self, raw_path)
    )


@mutant("route", "an unknown method gets a 404")
def unknown_method(_: Operation) -> None:
    from steelyard.contract.http.sending import send_response  # only for this mutant
    from steelyard.contract.response.problems import render_problem  # only for this mutant
    from steelyard_contract.problems import NotFound  # only for this mutant

    async def not_found(scope: Any, send: Any, allow: Any) -> None:
        await send_response(render_problem(NotFound(), scope["record"].request_id), scope, send)

    swap(steelyard.contract.api, "_not_allowed", not_found)


@mutant("route", "the operation returns a server error", lambda operation: True)
def broken_operation(operation: Operation) -> None:
    def change(target: Any) -> None:
        async def broken(**_: Any) -> None:
            raise ZeroDivisionError

        target._runner._handler = broken

    on_compiled(operation, change)
