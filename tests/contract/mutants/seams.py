"""Where mutants are planted: values that `create_app` takes or returns. Product code has no switch for them.

Everything here changes its process, and nothing restores it: each mutant has a separate process.
"""

import copy
import importlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

from pydantic_core import SchemaValidator

from steelyard.contract.api import ContractAPI
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.operation import CompiledOperation
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS, Operation
from tests.contracts import subject

Json = Any
# Where the imported contract has its application: the marketplace, or a folder of tests/contracts.
IS_MARKETPLACE = subject.ENVIRONMENT not in os.environ
HOME = "steelyard.app.application" if IS_MARKETPLACE else f"{subject.FOLDER.name}.app"
FEATURES = "steelyard.features" if IS_MARKETPLACE else f"{subject.FOLDER.name}.features"
# They have imported create_app by its name.
USERS = ("tests.kit.servers.running", "tests.kit.servers.live", "tests.contract.test_equivalence") if IS_MARKETPLACE else ()


def application() -> Any:
    """The module with create_app."""
    return importlib.import_module(HOME)


def endpoints(operation: Operation) -> Any:
    """The module with the handler of an operation."""
    return importlib.import_module(f"{FEATURES}.{operation.tag}.endpoints")


def swap(holder: Any, name: str, instead: Any) -> None:
    """Replaces a function of a module or a method of a class."""
    assert hasattr(holder, name), f"{holder} has no {name}: the mutant would change nothing"
    setattr(holder, name, instead)


def on_app(change: Callable[[ContractAPI], None]) -> None:
    """Changes every application that is created from now on."""
    plain = application().create_app

    def create_app(*args: Any, **named: Any) -> ContractAPI:
        app: ContractAPI = plain(*args, **named)
        change(app)
        return app

    application().create_app = create_app
    for name in USERS:
        vars(importlib.import_module(name))["create_app"] = create_app


def on_compiled(operation: Operation, change: Callable[[Any], None]) -> None:
    """The same, for one compiled operation; `Any`, because mutants use private names."""
    on_app(lambda app: change(compiled(app, operation.id)))


def compiled(app: ContractAPI, operation_id: str) -> CompiledOperation:
    (operation,) = [each for each in app._compiled if each.operation.id == operation_id]
    return operation


def on_response(operation: Operation, change: Callable[[RawResponse], RawResponse]) -> None:
    """Changes the encoded response of a success."""

    def change_encoders(target: Any) -> None:
        encoders = target._runner._encoders
        target._runner._encoders = {media: _changed(encode, change) for media, encode in encoders.items()}

    on_compiled(operation, change_encoders)


def _changed(
    encode: Callable[[Any], RawResponse], change: Callable[[RawResponse], RawResponse]
) -> Callable[[Any, str | None], RawResponse]:
    return lambda value, _: change(encode(value))


def on_json(operation: Operation, change: Callable[[Json], Json]) -> None:
    """Changes the JSON of a success; in its other media types it stays."""

    def spoil(sent: RawResponse) -> RawResponse:
        if (b"content-type", b"application/json") not in sent.headers:
            return sent
        return sent._replace(body=json.dumps(change(json.loads(sent.body)), ensure_ascii=False).encode())

    on_response(operation, spoil)


def with_header(response: RawResponse, name: bytes, value: bytes | None) -> RawResponse:
    """The response with another value for a header, or without the header."""
    rest = [header for header in response.headers if header[0] != name]
    return response._replace(headers=rest if value is None else [*rest, (name, value)])


def on_handler(operation: Operation, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Wraps the handler; the binder still accepts it."""
    module = endpoints(operation)
    handler = getattr(module, operation.handler)
    setattr(module, operation.handler, wraps(handler)(around(handler)))


def on_contract(operation: Operation, **changes: Any) -> None:
    """Changes the server's copy of the contract for this operation; tests read the document instead."""
    OPERATIONS[operation.id] = replace(operation, **changes)


# -- models ------------------------------------------------------------------------------------------------------------
def loosen(operation: Operation, change: Callable[[dict[str, Any]], bool]) -> None:
    """Another validator for the body's models: `change` gets each node of their core schemas until it returns that it changed one."""
    models = list(body_models(operation))
    for model in models:
        schema = copy.deepcopy(model.__pydantic_core_schema__)
        if any(change(node) for node in nodes(schema)):
            model.__pydantic_core_schema__ = schema
            # Without this argument, the existing validator would be reused.
            model.__pydantic_validator__ = SchemaValidator(schema, _use_prebuilt=False)
            return
    raise LookupError(f"the body of {operation.id} has no such node")


def can_loosen(change: Callable[[dict[str, Any]], bool], *, alone: bool) -> Callable[[Operation], bool]:
    """Whether `loosen` would change anything. `alone`: also require that the model decides alone, so that the server accepts the change."""

    def fits(operation: Operation) -> bool:
        if alone and any(body.by_document for body in operation.bodies):
            return False
        return any(change(node) for model in body_models(operation) for node in nodes(copy.deepcopy(model.__pydantic_core_schema__)))

    return fits


def body_models(operation: Operation) -> Iterator[Any]:
    """The model of the body, or the models of its variants."""
    for body in operation.bodies:
        model = getattr(m, body.model)
        forms = getattr(getattr(model, "__value__", model), "__args__", None)
        # A list or a scalar has no model.
        yield from (form for form in forms or (model,) if hasattr(form, "__pydantic_core_schema__"))


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every node of a core schema, outer ones first."""
    if isinstance(schema, dict):
        if "type" in schema:
            yield schema
        for key, held in schema.items():
            if key not in {"metadata", "config", "default"}:
                yield from nodes(held)
    elif isinstance(schema, list | tuple):
        for item in schema:
            yield from nodes(item)
