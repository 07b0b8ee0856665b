"""Scopes of roles and sessions."""

import pytest

from steelyard.security.scopes import effective_scopes, grant_scopes
from steelyard_contract import models as m
from steelyard_contract.policy import SCOPES_OF


def test_every_scope_of_the_contract_belongs_to_the_admin_in_its_order() -> None:
    assert [scope.value for scope in m.Scope] == list(SCOPES_OF["admin"])


def test_roles_nest() -> None:
    assert set(SCOPES_OF["user"]) < set(SCOPES_OF["support"]) < set(SCOPES_OF["admin"])


@pytest.mark.parametrize("asked", ["", " ", None])
def test_who_asks_for_nothing_gets_all_of_the_role(asked: str | None) -> None:
    assert grant_scopes("support", asked) == SCOPES_OF["support"]


def test_who_asks_gets_what_the_role_has_of_it_once_each() -> None:
    assert grant_scopes("user", "users:read orders:write account:read orders:write") == ("account:read", "orders:write")


@pytest.mark.parametrize(
    ("held", "may"),
    [
        (["account:write"], {"account:write", "account:read"}),
        (["sales:write"], {"sales:write", "orders:read"}),
        (["users:write"], set()),
        (["orders:read"], {"orders:read"}),
        ([], set()),
    ],
)
def test_writing_includes_reading_within_the_role(held: list[str], may: set[str]) -> None:
    assert effective_scopes("user", held) == may
