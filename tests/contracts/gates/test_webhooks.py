"""Each example of each webhook: the server encodes it, the SDK reads it as its type, and neither takes another."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from codegen.contract.names import schema_class
from steelyard.contract.deliveries import Deliveries
from steelyard.contract.document import Document
from steelyard.contract.observer import ContractViolation
from steelyard_contract import models as m
from tests.contracts import subject
from tests.contracts.exchanges import DOCUMENT
from tests.kit.contract.checker import CONTRACT

SECRET = "whsec_c2VjcmV0"
SDK = importlib.import_module(f"{subject.sdk().__name__}.webhooks")


def shown() -> Iterator[Any]:
    """The class of an event, and an example of it."""
    for delivery in DOCUMENT.deliveries():
        for schema, at in delivery.schemas:
            for name, example in DOCUMENT.get(at.removesuffix("/schema"))["examples"].items():
                yield pytest.param(schema_class(schema["$ref"].rpartition("/")[2]), example["value"], id=f"{delivery.name}-{name}")


SHOWN = list(shown())


@pytest.fixture(scope="module")
def deliveries() -> Deliveries:
    return Deliveries(Document(CONTRACT.raw))


def test_there_is_an_example_of_each_webhook() -> None:
    assert len(SHOWN) >= len(CONTRACT.tree.get("webhooks", {}))


@pytest.mark.parametrize(("model", "value"), SHOWN)
def test_the_server_encodes_an_event(model: str, value: Any, deliveries: Deliveries) -> None:
    event = TypeAdapter(getattr(m, model)).validate_python(value)

    assert json.loads(deliveries.encode(event)) == value


@pytest.mark.parametrize(("model", "value"), SHOWN)
def test_the_server_encodes_no_other_event(model: str, value: Any, deliveries: Deliveries) -> None:
    event = TypeAdapter(getattr(m, model)).validate_python(value)

    members = dict(event)
    lost = {name: held for name, held in members.items() if name != next(other for other in members if other != "type")}
    wrong = type(event).model_construct(set(lost), **lost)
    other = type(event).model_construct(**{**members, "type": "surprise"})

    for each in (wrong, other):
        with pytest.raises(ContractViolation):
            deliveries.encode(each)


@pytest.mark.parametrize(("model", "value"), SHOWN)
def test_the_sdk_reads_an_event_as_its_type(model: str, value: Any) -> None:  # noqa: ARG001  # the SDK has a type for each event
    body = json.dumps(value).encode()

    event = SDK.read(body, SDK.sign(body, SECRET), SECRET)

    assert type(event) is SDK.EVENTS[value["type"]]
    assert event == type(event).from_dict(value)
    assert {
        name: held for name, held in event.to_dict().items() if isinstance(value[name], str | int | None) and name != "at"
    }.items() <= value.items()


@pytest.mark.parametrize(("model", "value"), SHOWN)
def test_the_sdk_reads_no_forged_event_and_no_unknown_type_as_another(model: str, value: Any) -> None:  # noqa: ARG001  # as above
    body = json.dumps({**value, "type": "surprise"}).encode()

    assert isinstance(SDK.read(body, SDK.sign(body, SECRET), SECRET), SDK.Unknown)
    with pytest.raises(SDK.BadSignature):
        SDK.read(body + b" ", SDK.sign(body, SECRET), SECRET)
