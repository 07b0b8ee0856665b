"""Where drifts are planted: values that `create_app` takes or returns. Product code has no switch for any of this.

Everything here changes the process that it runs in, and nothing puts it back: a drift has a process of its own.
"""

import copy
import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

from pydantic_core import SchemaValidator

import steelyard.app.application
from steelyard.contract.api import ContractAPI
from steelyard.contract.http.responses import RawResponse
from steelyard.contract.operation import CompiledOperation
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS, Operation

Json = Any


def swap(holder: Any, name: str, instead: Any) -> None:
    """Puts something else in a place that is not made for it: a module's function, a class's method."""
    assert hasattr(holder, name), f"{holder} has no {name}: nothing would come of it"
    setattr(holder, name, instead)


def on_app(change: Callable[[ContractAPI], None]) -> None:
    """Every application from now on is changed once it is made."""
    plain = steelyard.app.application.create_app

    def create_app(*given: Any, **named: Any) -> ContractAPI:
        app = plain(*given, **named)
        change(app)
        return app

    steelyard.app.application.create_app = create_app
    for name in ("tests.kit.servers.running", "tests.kit.servers.live", "tests.contract.test_equivalence"):
        vars(importlib.import_module(name))["create_app"] = create_app


def on_compiled(operation: Operation, change: Callable[[Any], None]) -> None:
    """The same, for one compiled operation; `Any`, because drifts reach for what is private."""
    on_app(lambda app: change(compiled(app, operation.id)))


def compiled(app: ContractAPI, operation_id: str) -> CompiledOperation:
    (found,) = [one for one in app._compiled if one.operation.id == operation_id]
    return found


def on_answer(operation: Operation, change: Callable[[RawResponse], RawResponse]) -> None:
    """What a success looks like once it is encoded."""

    def change_encoder(target: Any) -> None:
        encode = target._runner._encode
        target._runner._encode = lambda value: change(encode(value))

    on_compiled(operation, change_encoder)


def on_json(operation: Operation, change: Callable[[Json], Json]) -> None:
    """The JSON of a success."""
    on_answer(operation, lambda answer: answer._replace(body=json.dumps(change(json.loads(answer.body)), ensure_ascii=False).encode()))


def with_header(answer: RawResponse, name: bytes, value: bytes | None) -> RawResponse:
    """The answer with another value for a header, or without it."""
    rest = [header for header in answer.headers if header[0] != name]
    return answer._replace(headers=rest if value is None else [*rest, (name, value)])


def on_handler(operation: Operation, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """The coroutine that keeps the promise, wrapped; it looks to the binder as before."""
    module = importlib.import_module(f"steelyard.features.{operation.tag}.endpoints")
    handler = getattr(module, operation.handler)
    setattr(module, operation.handler, wraps(handler)(around(handler)))


def on_contract(operation: Operation, **changes: Any) -> None:
    """What the server takes for the contract of this operation; tests that judge it read the document."""
    OPERATIONS[operation.id] = replace(operation, **changes)


# -- models ------------------------------------------------------------------------------------------------------------
def loosen(operation: Operation, change: Callable[[dict[str, Any]], bool]) -> None:
    """Another validator for the body's models: `change` gets each node of their core schemas until it says that it changed one."""
    models = list(body_models(operation))
    for model in models:
        schema = copy.deepcopy(model.__pydantic_core_schema__)
        if any(change(node) for node in nodes(schema)):
            model.__pydantic_core_schema__ = schema
            # A validator that exists already would be taken for the changed one.
            model.__pydantic_validator__ = SchemaValidator(schema, _use_prebuilt=False)
            return
    raise LookupError(f"the body of {operation.id} has nothing of the kind")


def can_loosen(change: Callable[[dict[str, Any]], bool], *, alone: bool) -> Callable[[Operation], bool]:
    """Whether `loosen` would find something to change. `alone`: and the model decides alone, so that what it lets pass gets through."""

    def fits(operation: Operation) -> bool:
        if alone and any(body.by_document for body in operation.bodies):
            return False
        return any(change(node) for model in body_models(operation) for node in nodes(copy.deepcopy(model.__pydantic_core_schema__)))

    return fits


def body_models(operation: Operation) -> Iterator[Any]:
    """The model of the body, or those of its forms."""
    for body in operation.bodies:
        model = getattr(m, body.model)
        forms = getattr(getattr(model, "__value__", model), "__args__", None)
        yield from forms or (model,)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every node of a core schema, outer ones first."""
    if isinstance(schema, dict):
        if "type" in schema:
            yield schema
        for key, held in schema.items():
            if key not in {"metadata", "config", "default"}:
                yield from nodes(held)
    elif isinstance(schema, list | tuple):
        for one in schema:
            yield from nodes(one)
