"""The application does not start unless code and contract match; each misfit names the operation and what to do."""

import importlib
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import pytest
from fastapi import Depends

import steelyard.app.application
from steelyard.contract.errors import ContractError
from steelyard_contract import models as m
from steelyard_contract.operations import OPERATIONS, Operation
from tests.kit.servers.running import settings_for

SETTINGS = settings_for("sqlite:///nowhere.db")
Handler = Callable[..., Any]


def misfits_at_start() -> list[str]:
    with pytest.raises(ContractError) as raised:
        steelyard.app.application.create_app(SETTINGS)
    assert all(f"- {misfit}" in str(raised.value) for misfit in raised.value.misfits)
    return raised.value.misfits


def endpoints(operation: Operation) -> types.ModuleType:
    return importlib.import_module(f"steelyard.features.{operation.tag}.endpoints")


def altered(handler: types.FunctionType, annotations: dict[str, Any], names: dict[str, str] | None = None) -> types.FunctionType:
    """The handler with other annotations and other names for its parameters."""
    renamed = tuple((names or {}).get(name, name) for name in handler.__code__.co_varnames)
    changed = types.FunctionType(handler.__code__.replace(co_varnames=renamed), handler.__globals__, handler.__name__)
    changed.__annotations__ = annotations
    changed.__module__ = handler.__module__
    return changed


def parameters_of(operation: Operation) -> list[str]:
    return [parameter.argument for parameter in operation.parameters] + ["body"] * len(operation.bodies)


every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
with_parameters = pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS.values() if parameters_of(operation)], ids=lambda operation: operation.id
)


@every_operation
def test_an_operation_needs_its_handler(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(endpoints(operation), operation.handler)

    (misfit,) = misfits_at_start()

    assert misfit == (
        f"{operation.id}: there is no steelyard.features.{operation.tag}.endpoints.{operation.handler}; write that coroutine, "
        f"or take the operation out of openapi/paths/{operation.tag}.yaml"
    )


@pytest.mark.parametrize("tag", sorted({operation.tag for operation in OPERATIONS.values()}))
def test_a_public_coroutine_must_be_an_operation(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def surprise() -> None: ...

    module = importlib.import_module(f"steelyard.features.{tag}.endpoints")
    surprise.__module__ = module.__name__
    monkeypatch.setattr(module, "surprise", surprise, raising=False)
    monkeypatch.setattr(module, "_helper", surprise, raising=False)

    (misfit,) = misfits_at_start()

    assert misfit.startswith(f"steelyard.features.{tag}.endpoints.surprise is not in the contract; describe the operation, or")


@with_parameters
def test_a_parameter_must_have_its_name(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = getattr(endpoints(operation), operation.handler)
    name = parameters_of(operation)[0]
    annotations = {"other" if key == name else key: hint for key, hint in handler.__annotations__.items()}
    monkeypatch.setattr(endpoints(operation), operation.handler, altered(handler, annotations, {name: "other"}))

    missing, strange = misfits_at_start()

    assert missing.startswith(f"{operation.id}: {name!r} is in the contract and not among the handler's parameters; add `{name}: ")
    assert strange.startswith(f"{operation.id}: 'other' is neither in the contract nor a dependency; add it to the contract, or annotate")


@with_parameters
def test_a_parameter_must_have_its_type(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = getattr(endpoints(operation), operation.handler)
    name = parameters_of(operation)[-1]
    monkeypatch.setattr(endpoints(operation), operation.handler, altered(handler, {**handler.__annotations__, name: m.Money}))

    (misfit,) = misfits_at_start()

    assert misfit.startswith(f"{operation.id}: {name!r} is annotated Money; the contract says ")


@with_parameters
def test_a_handler_has_no_defaults(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = altered(getattr(endpoints(operation), operation.handler), getattr(endpoints(operation), operation.handler).__annotations__)
    handler.__defaults__ = (None,) * handler.__code__.co_argcount
    monkeypatch.setattr(endpoints(operation), operation.handler, handler)

    misfits = misfits_at_start()

    assert sorted(misfits) == sorted(
        f"{operation.id}: {name!r} has a default; the contract has the defaults, which are passed in" for name in parameters_of(operation)
    )


@every_operation
def test_a_handler_must_return_its_response_class(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = getattr(endpoints(operation), operation.handler)
    monkeypatch.setattr(endpoints(operation), operation.handler, altered(handler, {**handler.__annotations__, "return": m.Money}))

    (misfit,) = misfits_at_start()

    assert misfit.startswith(f"{operation.id}: it returns Money; the contract promises ")
    assert operation.responses[0].class_name in misfit


@every_operation
def test_a_handler_must_be_a_coroutine(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints(operation), operation.handler, lambda: None)

    (misfit,) = misfits_at_start()

    assert misfit == f"{operation.id}: the handler is not `async def`; the request path has no threads"


@every_operation
def test_a_dependency_must_not_need_a_thread(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    def blocking() -> int:
        return 1

    handler = getattr(endpoints(operation), operation.handler)
    injected = [name for name in handler.__code__.co_varnames[: handler.__code__.co_argcount] if name not in parameters_of(operation)]
    hints = {**handler.__annotations__, injected[0]: Annotated[int, Depends(blocking)]}
    monkeypatch.setattr(endpoints(operation), operation.handler, altered(handler, hints))

    (misfit,) = misfits_at_start()

    assert misfit.startswith(f"{operation.id}: the dependency ")
    assert misfit.endswith("blocking must be `async def`: a plain function would need a thread")


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS.values() if any(operation.security)], ids=lambda operation: operation.id
)
def test_a_security_scheme_needs_an_authenticator(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(operation, security=((("mutualTLS", ()),),))
    monkeypatch.setattr(steelyard.app.application, "OPERATIONS", {**OPERATIONS, operation.id: changed})

    (misfit,) = misfits_at_start()

    assert misfit.startswith(f"{operation.id}: no authenticator enforces the security scheme 'mutualTLS'; give create_app an authenticator")


@pytest.mark.parametrize(
    "operation",
    [
        operation
        for operation in OPERATIONS.values()
        if operation.security and any(parameter.where == "path" for parameter in operation.parameters)
    ],
    ids=lambda operation: operation.id,
)
def test_a_path_of_one_resource_needs_x_access(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steelyard.app.application, "OPERATIONS", {**OPERATIONS, operation.id: replace(operation, access=())})

    (misfit,) = misfits_at_start()

    assert misfit == f"{operation.id}: a path that names one resource needs `x-access`: say who may reach it"


def test_two_operations_must_not_match_the_same_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = replace(OPERATIONS["getItem"], path="/items/{product_id}")
    monkeypatch.setattr(steelyard.app.application, "OPERATIONS", {**OPERATIONS, "twin": twin})

    (misfit,) = misfits_at_start()

    assert misfit.startswith("2 operations are for GET /items/{}; ")


def test_a_tag_needs_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steelyard.app.application, "OPERATIONS", {**OPERATIONS, "getRoot": replace(OPERATIONS["getRoot"], tag="ghosts")})

    misfits = misfits_at_start()

    assert "there is no module steelyard.features.ghosts.endpoints: each tag of the contract is a folder with endpoints.py" in misfits


def test_all_misfits_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for operation in OPERATIONS.values():
        monkeypatch.delattr(endpoints(operation), operation.handler)

    misfits = misfits_at_start()

    assert sorted(misfit.partition(":")[0] for misfit in misfits) == sorted(OPERATIONS)
