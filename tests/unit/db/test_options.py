"""Settings of the database reach it, from whichever command it is opened."""

import ast
from typing import Any

import pytest

from steelyard.db.database import Database
from steelyard.db.options import DatabaseOptions
from steelyard.settings import Settings
from tests.kit.project import ROOT

CHANGED: dict[str, Any] = {
    "pool_size": 3,
    "pool_overflow": 4,
    "pool_waiting": 5,
    "pool_acquire_timeout_s": 1.5,
    "pool_recycle_s": 61,
    "database_connect_timeout_s": 2.5,
    "database_command_timeout_s": 3.5,
    "database_statement_timeout_s": 4.5,
    "database_lock_timeout_s": 5.5,
    "database_idle_transaction_timeout_s": 6.5,
    "database_shared_reads": False,
    "database_direct_calls": False,
    "database_pipelining": False,
    "database_group_commit": False,
    "database_prepared": False,
    "database_startup_parameters": False,
    "sqlite_readers": 7,
    "sqlite_busy_timeout_s": 7.5,
}


def test_this_list_has_each_setting_of_the_database() -> None:
    fields = {name for name in Settings.model_fields if name.startswith(("pool_", "database_", "sqlite_"))}

    assert fields - {"database_url"} == CHANGED.keys()


@pytest.mark.parametrize("name", CHANGED)
def test_each_setting_changes_one_option(name: str) -> None:
    before, after = DatabaseOptions.of(Settings()), DatabaseOptions.of(Settings(**{name: CHANGED[name]}))

    different = {field for field in DatabaseOptions.__slots__ if getattr(before, field) != getattr(after, field)}
    assert len(different) == 1
    assert getattr(after, different.pop()) == CHANGED[name]


def test_every_database_of_the_product_is_built_from_the_settings() -> None:
    for file in (ROOT / "server" / "steelyard").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            is_built = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Database.__name__
            assert not is_built, f"{file} builds a database without the settings: use Database.of"
