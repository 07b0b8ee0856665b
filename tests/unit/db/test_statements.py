"""Statements as values: how they are compiled, and which mistakes raise before a database is used."""

from typing import NamedTuple

import pytest
from sqlalchemy import bindparam, insert, select, text, update

from steelyard.db.compiled import TableChange
from steelyard.db.statements import Command, Query, any_of, nested, statement
from tests.unit.db import sample_tables
from tests.unit.db.sample_tables import goods, shelves

DIALECTS = ["postgresql", "sqlite"]


class IdAndTitle(NamedTuple):
    id: int
    title: str


class TitleAndId(NamedTuple):
    title: str
    id: int


good_by_title = statement(select(goods.c.id, goods.c.title).where(goods.c.title == bindparam("title")), IdAndTitle)


def test_the_name_of_a_statement_is_its_module_and_variable() -> None:
    assert sample_tables.take.name == "tests.unit.db.sample_tables.take"
    assert repr(good_by_title).endswith("test_statements.good_by_title>")


def test_a_statement_made_in_a_function_has_the_name_of_the_function() -> None:
    def lamps() -> Query[int]:
        return statement(select(goods.c.id), int)

    assert lamps().name.endswith(".lamps")


def test_a_statement_is_compiled_once_at_its_first_use() -> None:
    made = statement(select(goods.c.id), int)

    assert not made.compiled
    assert made.compiled["sqlite"] is made.compiled["sqlite"]
    assert set(made.compiled) == {"sqlite"}


def test_a_statement_knows_every_table_that_it_changes() -> None:
    shelf = insert(shelves).values(name=bindparam("name")).returning(shelves.c.id).cte("shelf")
    rows = select(shelf.c.id, bindparam("title", type_=goods.c.title.type))
    both = statement(insert(goods).from_select(["shelf_id", "title"], rows, include_defaults=False).returning(goods.c.id), int)

    assert both.compiled["postgresql"].changes == {TableChange("goods", None), TableChange("shelves", None)}
    assert sample_tables.rename.compiled["postgresql"].changes == {TableChange("goods", frozenset({"title"}))}
    assert not sample_tables.good_of.compiled["postgresql"].changes


def test_queries_and_commands_have_different_types() -> None:
    assert isinstance(sample_tables.good_of, Query)
    assert isinstance(sample_tables.take, Command)
    assert not sample_tables.good_of.compiled["sqlite"].writes
    assert sample_tables.take.compiled["sqlite"].writes


@pytest.mark.parametrize("dialect", DIALECTS)
def test_constants_are_part_of_the_text_and_only_names_are_sent(dialect: str) -> None:
    form = statement(select(goods.c.id).where(goods.c.title == "it's", goods.c.id == bindparam("good_id")).limit(3), int).compiled[dialect]

    assert "'it''s'" in form.text
    assert "LIMIT 3" in form.text
    assert form.parameters == ("good_id",)


def test_a_parameter_that_is_used_twice_is_passed_once() -> None:
    arguments = {"good_id": 7, "quantity": 2}

    assert list(sample_tables.take.compiled["postgresql"].arguments(arguments)) == [2, 7]
    assert list(sample_tables.take.compiled["sqlite"].arguments(arguments)) == [2, 2, 7, 2]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_error_about_a_missing_argument_names_the_statement(dialect: str) -> None:
    with pytest.raises(TypeError, match=r"^tests\.unit\.db\.sample_tables\.take needs quantity; its parameters are good_id, quantity$"):
        sample_tables.take.compiled[dialect].arguments({"good_id": 1})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_error_about_an_unknown_argument_names_the_statement(dialect: str) -> None:
    with pytest.raises(TypeError, match=r"^tests\.unit\.db\.sample_tables\.good_of does not know title; its parameters are good_id$"):
        sample_tables.good_of.compiled[dialect].arguments({"good_id": 1, "title": "x"})


def test_a_statement_without_parameters_takes_no_argument() -> None:
    with pytest.raises(TypeError, match=r"every_good does not know id; its parameters are none$"):
        sample_tables.every_good.compiled["sqlite"].arguments({"id": 1})


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_fields_of_a_row_are_the_selected_columns_in_their_order(dialect: str) -> None:
    swapped = statement(select(goods.c.id, goods.c.title), TitleAndId)

    with pytest.raises(TypeError, match="selects id, title, but the fields of TitleAndId are title, id: same names, same order"):
        swapped.compiled[dialect]


def test_one_value_comes_from_one_column() -> None:
    with pytest.raises(TypeError, match="selects 2 columns; int holds one value, declare a NamedTuple"):
        statement(select(goods.c.id, goods.c.title), int).compiled["sqlite"]


def test_a_statement_that_selects_needs_a_row_type() -> None:
    with pytest.raises(TypeError, match=r"selects id; say what a row becomes"):
        statement(insert(goods).returning(goods.c.id)).compiled["sqlite"]


def test_a_statement_that_selects_nothing_has_no_row_type() -> None:
    with pytest.raises(TypeError, match=r"selects nothing, so nothing can become int: add returning"):
        statement(update(goods).values(title="x"), int).compiled["sqlite"]


def test_a_list_is_one_parameter_for_every_length() -> None:
    assert "goods.id = ANY ($1::TEXT[]::BIGINT[])" in sample_tables.goods_among.compiled["postgresql"].text
    assert "goods.id IN (SELECT value FROM json_each(?)) ORDER" in " ".join(sample_tables.goods_among.compiled["sqlite"].text.split())


def test_a_twin_for_sqlite_is_used_there_alone() -> None:
    both = statement(select(text("1 AS id").columns(goods.c.id).subquery().c.id), int, sqlite=select(goods.c.id))

    assert "1 AS id" in both.compiled["postgresql"].text
    assert "1 AS id" not in both.compiled["sqlite"].text


def test_a_statement_and_its_batch_need_the_same_parameter() -> None:
    wrong = statement(
        select(goods.c.id, goods.c.title).where(goods.c.id == bindparam("good_id")),
        IdAndTitle,
        batch=(select(goods.c.id, goods.c.title).where(any_of(goods.c.id, "ids")), "id"),
    )

    with pytest.raises(TypeError, match="need the same one parameter"):
        wrong.compiled["postgresql"]


class GoodOnShelf(NamedTuple):
    good: IdAndTitle
    shelf: IdAndTitle | None
    units: int


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_row_may_have_rows_as_fields(dialect: str) -> None:
    some = [goods.c.id, goods.c.title]

    form = statement(select(*nested("good", some), *nested("shelf", some), goods.c.units), GoodOnShelf).compiled[dialect]

    assert form.read_row([1, "lamp", 2, "top", 3]) == GoodOnShelf(IdAndTitle(1, "lamp"), IdAndTitle(2, "top"), 3)
    assert form.read_rows([[1, "lamp", None, None, 3]]) == [GoodOnShelf(IdAndTitle(1, "lamp"), None, 3)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_columns_of_a_nested_row_have_the_name_of_the_field(dialect: str) -> None:
    swapped = statement(select(*nested("shelf", [goods.c.id]), *nested("good", [goods.c.id]), goods.c.units), GoodOnShelf)

    with pytest.raises(TypeError, match="but the fields of GoodOnShelf are good_id, good_title, shelf_id, shelf_title, units"):
        swapped.compiled[dialect]
