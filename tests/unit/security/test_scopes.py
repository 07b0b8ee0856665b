"""Scopes of roles and sessions."""

import pytest

from steelyard.security.scopes import effective_scopes, grant_scopes
from steelyard_contract import models as m
from steelyard_contract.policy import SCOPES_OF


def test_every_scope_of_the_contract_belongs_to_the_admin_in_its_order() -> None:
    assert [scope.value for scope in m.Scope] == list(SCOPES_OF["admin"])


def test_each_role_includes_the_lower_ones() -> None:
    assert set(SCOPES_OF["user"]) < set(SCOPES_OF["support"]) < set(SCOPES_OF["admin"])


@pytest.mark.parametrize("requested", ["", " ", None])
def test_a_request_without_scopes_gets_all_scopes_of_the_role(requested: str | None) -> None:
    assert grant_scopes("support", requested) == SCOPES_OF["support"]


def test_requested_scopes_are_granted_once_each_as_far_as_the_role_has_them() -> None:
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
