"""The binder: a handler fits its operation, or the server does not start."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Annotated, Any, Literal

import pytest
from fastapi import Depends

from steelyard.contract.binder import bind_handlers, check_security, check_signature
from steelyard.contract.dependencies import ReadOnly
from steelyard.contract.errors import ContractError
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.operations import OPERATIONS, Operation

GET_ITEM, GET_HEALTH = OPERATIONS["getItem"], OPERATIONS["getHealth"]


def module(monkeypatch: pytest.MonkeyPatch, **handlers: Any) -> None:
    """`small.items.endpoints` with these coroutines."""
    made = ModuleType("small.items.endpoints")
    for name, handler in handlers.items():
        handler.__module__ = made.__name__
        setattr(made, name, handler)
    for name in ("small", "small.items"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, made.__name__, made)


def misfits(handler: Callable[..., Any], operation: Operation = GET_ITEM) -> list[str]:
    return list(check_signature(operation, handler))


def test_handlers_are_bound_by_their_operation_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get_item(item_id: p.ItemId, db: ReadOnly) -> r.GetItem200:
        raise NotImplementedError

    module(monkeypatch, get_item=get_item)

    assert bind_handlers({"getItem": GET_ITEM}, "small", {"oauth2"}) == {"getItem": get_item}


def test_every_misfit_is_in_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get_item(item_id: str) -> r.GetItem200:
        raise NotImplementedError

    async def surprise() -> None:
        raise NotImplementedError

    module(monkeypatch, get_item=get_item, surprise=surprise)

    with pytest.raises(ContractError) as raised:
        bind_handlers({"getItem": GET_ITEM, "deleteItem": OPERATIONS["deleteItem"]}, "small", set())

    assert len(raised.value.misfits) == 4
    assert "getItem: 'item_id' is annotated str; the contract says p.ItemId" in raised.value.misfits
    assert any(text.startswith("deleteItem: there is no small.items.endpoints.delete_item") for text in raised.value.misfits)
    assert any("small.items.endpoints.surprise is not in the contract" in text for text in raised.value.misfits)
    assert all(text in str(raised.value) for text in raised.value.misfits)


def test_a_missing_folder_is_a_misfit() -> None:
    with pytest.raises(ContractError, match=r"there is no module nowhere\.items\.endpoints"):
        bind_handlers({"getItem": GET_ITEM}, "nowhere", {"oauth2"})


def test_a_handler_gets_the_choice_among_several_media_types() -> None:
    (spec,) = GET_HEALTH.responses
    chosen = replace(GET_HEALTH, responses=(spec, replace(spec, media="text/csv")))

    async def get_health() -> m.Health:
        raise NotImplementedError

    async def get_health_as(media: Literal["application/json", "text/csv"]) -> m.Health:
        raise NotImplementedError

    assert misfits(get_health_as, chosen) == []
    (missing,) = misfits(get_health, chosen)
    assert "add `media: typing.Literal['application/json', 'text/csv']`" in missing


def test_a_missing_and_an_unknown_parameter_are_misfits() -> None:
    async def get_item(item: p.ItemId) -> r.GetItem200:
        raise NotImplementedError

    missing, unknown = misfits(get_item)

    assert missing.startswith("'item_id' is in the contract")
    assert "add `item_id: p.ItemId`" in missing
    assert unknown.startswith("'item' is neither in the contract nor a dependency")


def test_a_default_of_the_handler_is_a_misfit() -> None:
    async def get_item(item_id: p.ItemId = 7) -> r.GetItem200:
        raise NotImplementedError

    (misfit,) = misfits(get_item)

    assert misfit.startswith("'item_id' has a default")


def test_a_plain_function_is_a_misfit_as_handler_and_as_dependency() -> None:
    def blocking() -> int:
        return 1

    async def get_item(item_id: p.ItemId, number: Annotated[int, Depends(blocking)]) -> r.GetItem200:
        raise NotImplementedError

    assert misfits(blocking) == ["the handler is not `async def`; the request path has no threads"]
    assert "blocking must be `async def`" in misfits(get_item)[0]


@pytest.mark.parametrize(
    "returned", [r.GetHealth200, m.Health, r.Encoded[m.Health], m.Health | r.Encoded[m.Health]], ids=["class", "model", "encoded", "either"]
)
def test_a_body_without_headers_may_be_returned_as_model_or_encoded(returned: Any) -> None:
    async def get_health() -> Any:
        raise NotImplementedError

    get_health.__annotations__["return"] = returned

    assert misfits(get_health, GET_HEALTH) == []


@pytest.mark.parametrize(
    ("returned", "shown"),
    [(m.Item, "Item"), (r.Encoded[m.Item], "Encoded[Item]"), (r.GetItem200 | None, "GetItem200 or None"), (None, "None")],
    ids=str,
)
def test_a_return_type_that_the_contract_does_not_have_is_a_misfit(returned: Any, shown: str) -> None:
    async def get_item(item_id: p.ItemId) -> Any:
        raise NotImplementedError

    get_item.__annotations__["return"] = returned

    assert misfits(get_item) == [f"it returns {shown}; the contract promises GetItem200"]


def test_a_scheme_that_no_authenticator_enforces_is_a_misfit() -> None:
    (misfit,) = check_security(GET_ITEM, schemes={"apiKey"})

    assert "'oauth2'" in misfit


def test_a_path_of_one_resource_without_access_is_a_misfit() -> None:
    (misfit,) = check_security(replace(GET_ITEM, access=()), schemes={"oauth2"})

    assert "x-access" in misfit


def test_two_operations_for_the_same_requests_are_a_misfit(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get_item(item_id: p.ItemId) -> r.GetItem200:
        raise NotImplementedError

    module(monkeypatch, get_item=get_item)
    twin = replace(GET_ITEM, path="/items/{number}")

    with pytest.raises(ContractError, match=r"2 operations .* GET /items/\{\}"):
        bind_handlers({"getItem": GET_ITEM, "getItemAgain": twin}, "small", {"oauth2"})
