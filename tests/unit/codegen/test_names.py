"""Any name that OpenAPI allows is a name of Python, and two names never become one."""

import pytest

from codegen.contract.names import attributes, camel, enum_members, schema_class, snake


@pytest.mark.parametrize(
    ("name", "variable", "kind"),
    [
        ("Idempotency-Key", "idempotency_key", "IdempotencyKey"),
        ("createdAt", "created_at", "CreatedAt"),
        ("from", "from_", "From"),
        ("filter[x]", "filter_x", "FilterX"),
        ("$top", "top", "Top"),
        ("ids[]", "ids", "Ids"),
        ("3d", "n3d", "N3d"),
        ("_id", "id", "Id"),
        ("größe", "größe", "Größe"),
        ("x.y-z", "x_y_z", "XYZ"),
    ],
)
def test_a_name_is_spelled_as_a_variable_and_as_a_class(name: str, variable: str, kind: str) -> None:
    assert (snake(name), camel(name)) == (variable, kind)
    assert variable.isidentifier()
    assert kind.isidentifier()


def test_names_that_would_be_one_get_a_number_and_plain_ones_keep_theirs() -> None:
    assert attributes(["_id", "id", "a-b", "a_b", "copy"], suffixed={"copy"}) == {
        "_id": "id_2",
        "id": "id",
        "a-b": "a_b_2",
        "a_b": "a_b",
        "copy": "copy_",
    }


def test_values_without_letters_are_named_after_their_characters() -> None:
    assert enum_members(["+", "", "a", "A", "-price", "price", "3"]) == {
        "+": "PLUS_SIGN",
        "": "EMPTY",
        "a": "A",
        "A": "A_2",
        "-price": "PRICE_DESCENDING",
        "price": "PRICE",
        "3": "VALUE_3",
    }


@pytest.mark.parametrize(("name", "kind"), [("Any", "AnyModel"), ("None", "NoneModel"), ("order-line", "OrderLine"), ("Order", "Order")])
def test_a_schema_with_the_name_of_a_class_is_another_class(name: str, kind: str) -> None:
    assert schema_class(name) == kind
