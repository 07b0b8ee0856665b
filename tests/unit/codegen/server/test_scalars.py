"""Scalars of the models accept the values that the document allows, and no others."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from steelyard_contract.base import Model
from steelyard_contract.scalars import UUID, AnyUrl, AwareDatetime, EmailStr, StrictFloat, StrictInt, spelled


class Thing(Model):
    weight: StrictInt
    note: str | None = "brass"


def taken(kind: Any, json: str) -> Any:
    return TypeAdapter(kind).validate_json(json)


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        (StrictInt, "5"),
        (StrictInt, "5.0"),
        (StrictInt, "5e0"),
        (StrictInt, "9223372036854775807"),
        (StrictFloat, "5"),
        (StrictFloat, "5.5"),
        (UUID, '"01a2027b-d680-7000-8000-000000000001"'),
        (UUID, '"01A2027B-D680-7000-8000-000000000001"'),
        (AwareDatetime, '"2026-01-01T00:00:00Z"'),
        (AwareDatetime, '"2026-01-01t00:00:00.123456789+01:00"'),
        (AwareDatetime, '"2016-12-31T23:59:60Z"'),
        (EmailStr, '"a@localhost"'),
        (AnyUrl, '"https://img.example/a.jpg"'),
    ],
)
def test_models_accept_valid_values(kind: Any, json: str) -> None:
    taken(kind, json)


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        (StrictInt, '"5"'),
        (StrictInt, "true"),
        (StrictInt, "5.5"),
        (StrictInt, "1e400"),
        (StrictFloat, '"5"'),
        (StrictFloat, "NaN"),
        (StrictFloat, "1e400"),
        (UUID, '"01a2027bd68070008000000000000001"'),
        (UUID, '"urn:uuid:01a2027b-d680-7000-8000-000000000001"'),
        (AwareDatetime, '"2026-01-01T00:00:00"'),
        (AwareDatetime, "1700000000"),
        (AwareDatetime, '"1700000000"'),
        (AwareDatetime, '"2026-01-01"'),
        (EmailStr, '"a"'),
        (AnyUrl, '"a.jpg"'),
    ],
)
def test_models_reject_invalid_values(kind: Any, json: str) -> None:
    with pytest.raises(ValidationError):
        taken(kind, json)


def test_integers_stay_exact() -> None:
    assert taken(StrictInt, "9223372036854775807") == 9223372036854775807
    assert type(taken(StrictInt, "5.0")) is int


def test_a_parsed_value_keeps_the_bounds_of_its_text() -> None:
    kind = Annotated[AwareDatetime, spelled(max_length=20, pattern="^[12][0-9]{3}-")]

    assert taken(kind, '"2026-01-01T00:00:00Z"').year == 2026
    for text in ('"0026-01-01T00:00:00Z"', '"2026-01-01T00:00:00.0Z"'):
        with pytest.raises(ValidationError):
            taken(kind, text)


def test_objects_are_closed() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Thing.model_validate({"weight": 1, "more": 2})


def test_a_constructed_model_has_no_defaults() -> None:
    model = Thing.model_construct(weight=5)

    assert model.model_dump_json() == '{"weight":5}'


def test_a_constructed_model_counts_all_members_as_set() -> None:
    assert Thing.model_construct(weight=5, note=None).model_fields_set == {"weight", "note"}


def test_a_constructed_model_equals_a_checked_one() -> None:
    assert Thing.model_construct(weight=5, note=None) == Thing(weight=5, note=None)
    assert Thing.model_construct({"weight"}, weight=5, note=None).model_dump(exclude_unset=True) == {"weight": 5}
