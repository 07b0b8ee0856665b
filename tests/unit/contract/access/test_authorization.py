from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast

import pytest

from steelyard.contract.access.authorization import Authorizer
from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly
from steelyard.security.scopes import effective_scopes
from steelyard_contract.operations import OPERATIONS
from steelyard_contract.policy import SCOPES_OF, Role
from steelyard_contract.problems import (
    AdminRequired,
    FreshLoginRequired,
    InsufficientScope,
    InvalidToken,
    NotAuthenticated,
    Problem,
    SessionRequired,
    StaffRequired,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Clock(NamedTuple):
    now: datetime


READ = cast("ReadOnly", Clock(NOW))


class Token(NamedTuple):
    credential_id: int
    user_id: int = 7


class Door:
    """Accepts one token, the caller's."""

    schemes = frozenset({"oauth2"})

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.invalidated: list[Token] = []

    def invalidate(self, claims: Token) -> None:
        self.invalidated.append(claims)

    def verify(self, token: bytes) -> Token:
        if token != b"good":
            raise InvalidToken
        return Token(1)

    async def load_caller(self, claims: Token, read: ReadOnly) -> Caller:  # noqa: ARG002  # the protocol
        return self.caller


def caller_with(
    role: Role = "user", *, scopes: set[str] | None = None, kind: Literal["session", "api_key"] = "session", ago: timedelta = timedelta()
) -> Caller:
    held = effective_scopes(role, SCOPES_OF[role] if scopes is None else scopes)
    return Caller(7, role, held, 1, kind, NOW - ago)


async def authorize(operation_id: str, caller: Caller, **changes: Any) -> Problem | Caller:
    gate = Authorizer(replace(OPERATIONS[operation_id], **changes), Door(caller))
    claims = gate.verify({b"authorization": b"Bearer good"}, ())
    assert claims is not None
    try:
        return await gate.authorize(claims, READ)
    except Problem as problem:
        return problem


@pytest.mark.parametrize("sent", [None, b"", b"Bearer", b"Bearer ", b"Basic good", b"good", b"bearergood"])
def test_a_request_without_a_bearer_token_is_not_authenticated(sent: bytes | None) -> None:
    headers = {} if sent is None else {b"authorization": sent}

    with pytest.raises(NotAuthenticated):
        Authorizer(OPERATIONS["getCurrentUser"], Door(caller_with())).verify(headers, ())


def test_a_request_with_two_tokens_is_not_authenticated() -> None:
    with pytest.raises(NotAuthenticated):
        Authorizer(OPERATIONS["getCurrentUser"], Door(caller_with())).verify({b"authorization": b"Bearer good"}, {b"authorization"})


@pytest.mark.parametrize("operation_id", ["getCurrentUser", "getItem"])
def test_an_invalid_token_is_rejected_even_where_none_is_required(operation_id: str) -> None:
    with pytest.raises(InvalidToken):
        Authorizer(OPERATIONS[operation_id], Door(caller_with())).verify({b"authorization": b"Bearer bad"}, ())


def test_an_optional_token_may_be_absent() -> None:
    assert Authorizer(OPERATIONS["getItem"], Door(caller_with())).verify({}, ()) is None


def test_an_open_operation_reads_no_token() -> None:
    assert Authorizer(OPERATIONS["issueToken"], Door(caller_with())).is_open


async def test_the_scope_decides() -> None:
    assert isinstance(await authorize("createOrder", caller_with()), Caller)

    refused = await authorize("createOrder", caller_with(scopes={"orders:read"}))

    assert isinstance(refused, InsufficientScope)
    assert refused.members == {"required_scope": ["orders:write"]}


@pytest.mark.parametrize(
    ("operation_id", "role", "refused"),
    [
        ("listUsers", "user", StaffRequired),
        ("listUsers", "support", None),
        ("listUsers", "admin", None),
        ("setUserAccess", "user", AdminRequired),
        ("setUserAccess", "support", AdminRequired),
        ("setUserAccess", "admin", None),
        ("updateUser", "user", None),
    ],
)
async def test_an_operation_without_an_owner_checks_the_role(operation_id: str, role: Role, refused: type[Problem] | None) -> None:
    outcome = await authorize(operation_id, caller_with(role))

    assert type(outcome) is (refused or Caller)


async def test_a_role_without_its_scope_lacks_the_scope() -> None:
    assert isinstance(await authorize("listUsers", caller_with("support", scopes={"account:read"})), InsufficientScope)


async def test_an_api_key_does_not_count_as_a_session() -> None:
    access = (("self", "account:write", "session"),)

    assert isinstance(await authorize("changePassword", caller_with(kind="api_key"), access=access), SessionRequired)


@pytest.mark.parametrize(("ago", "is_refused"), [(timedelta(hours=1), False), (timedelta(hours=1, microseconds=1), True)])
async def test_a_fresh_login_is_an_hour_old_at_most(ago: timedelta, is_refused: bool) -> None:
    outcome = await authorize("changePassword", caller_with(ago=ago), access=(("self", "account:write", "fresh"),))

    assert isinstance(outcome, FreshLoginRequired) is is_refused


async def test_one_matching_rule_of_access_is_enough() -> None:
    access = (("self", "account:write", "fresh"), ("admin", "users:write", "any"))

    assert isinstance(await authorize("deleteUser", caller_with("admin", ago=timedelta(days=1)), access=access), Caller)
    assert isinstance(await authorize("deleteUser", caller_with("user", ago=timedelta(days=1)), access=access), FreshLoginRequired)


async def test_a_changed_caller_is_invalidated_and_loaded_again() -> None:
    door = Door(caller_with())
    gate = Authorizer(OPERATIONS["createOrder"], door)

    assert await gate.authorize_again(Token(1), READ) is door.caller
    assert door.invalidated == [Token(1)]
