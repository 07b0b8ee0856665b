"""Sessions: begun by a password, renewed by refresh tokens, ended."""

import asyncio
from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import bindparam, select, update

from steelyard.contract.access.caller import Caller
from steelyard.db.statements import statement
from steelyard.features.auth import sessions as auth
from steelyard.features.auth.credentials import revoke_credential, revoke_current_credential
from steelyard.features.auth.tasks import delete_expired
from steelyard.tables.credentials import credentials, refresh_tokens
from steelyard.tables.events import events
from steelyard.tables.users import users
from steelyard_contract.problems import (
    AccountDisabled,
    CredentialNotFound,
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidToken,
    RefreshTokenReused,
)
from tests.kit.world.accounts import PASSWORD, Accounts
from tests.kit.world.clock import Clock

_event_types = statement(select(events.c.type).order_by(events.c.sequence), str)
_hashes = statement(select(refresh_tokens.c.token_hash), str)
_set_hash = statement(update(users).values(hashed_password=bindparam("new_hash")))
_hash = statement(select(users.c.hashed_password), str)
_credentials = statement(select(credentials.c.id), int)


async def _recorded(accounts: Accounts) -> list[str]:
    return await accounts.database.read().all(_event_types)


async def test_a_login_grants_every_scope_of_the_role_and_states_its_lifetime(accounts: Accounts) -> None:
    alice = (await accounts.register()).user

    session = await accounts.log_in()
    caller = await accounts.caller_by_token(session.access_token)

    assert (caller.user_id, caller.role, caller.kind, caller.credential_id) == (alice.id, "user", "session", session.session_id)
    assert session.expires_in == 1800
    assert session.scopes == (
        "account:read",
        "account:write",
        "items:write",
        "orders:read",
        "orders:write",
        "sales:write",
        "events:read",
        "webhooks:manage",
    )
    assert await _recorded(accounts) == ["user.created", "credential.created"]


async def test_the_address_is_compared_without_case(accounts: Accounts) -> None:
    await accounts.register(email="Alice@Example.com")

    assert (await accounts.log_in("aLICE@example.COM")).session_id


async def test_requested_scopes_that_the_role_lacks_are_not_granted(accounts: Accounts) -> None:
    await accounts.register()

    session = await accounts.log_in(scope="users:write orders:write nonsense")

    assert session.scopes == ("orders:write",)
    assert (await accounts.caller_by_token(session.access_token)).scopes == {"orders:write", "orders:read"}


@pytest.mark.parametrize("username", ["alice@example.com", "unknown@example.com"])
async def test_a_wrong_password_and_an_unknown_user_get_the_same_problem(accounts: Accounts, username: str) -> None:
    await accounts.register()

    with pytest.raises(InvalidCredentials) as refused:
        await accounts.log_in(username, "wrong password")

    assert refused.value.detail == "Incorrect username or password"
    assert refused.value.members == {"error": "invalid_grant"}
    assert refused.value.headers == {"WWW-Authenticate": "Bearer"}


async def test_only_the_right_password_reveals_that_an_account_is_locked(accounts: Accounts) -> None:
    alice = (await accounts.register()).user
    await accounts.set_access(await accounts.admin(), alice.id, "user", is_active=False)

    with pytest.raises(AccountDisabled):
        await accounts.log_in()
    with pytest.raises(InvalidCredentials):
        await accounts.log_in(password="wrong password")


async def test_a_bcrypt_hash_from_elsewhere_is_replaced_at_the_next_login(accounts: Accounts) -> None:
    await accounts.register()
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    async with accounts.database.transaction() as tx:
        await tx.run(_set_hash, new_hash=old)

    await accounts.log_in()

    assert (await accounts.database.read().one(_hash)).startswith("$argon2id$")
    await accounts.log_in()


async def test_refresh_tokens_are_not_stored_in_plain_text(accounts: Accounts) -> None:
    await accounts.register()

    session = await accounts.log_in()

    assert session.refresh_token.startswith("syr_")
    assert len(session.refresh_token) == 47
    assert all(session.refresh_token not in stored for stored in await accounts.database.read().all(_hashes))


async def test_a_refresh_keeps_the_session_and_replaces_both_tokens(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    first = await accounts.log_in()
    clock.advance(minutes=31)
    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(first.access_token)

    second = await accounts.refresh(first.refresh_token)

    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert (await accounts.caller_by_token(second.access_token)).credential_id == first.session_id


async def test_a_refresh_may_narrow_the_scopes_but_never_widen_them(accounts: Accounts) -> None:
    await accounts.register()
    first = await accounts.log_in(scope="orders:read account:read")

    second = await accounts.refresh(first.refresh_token, scope="orders:read items:write")
    third = await accounts.refresh(second.refresh_token)

    assert second.scopes == ("orders:read",)
    assert (await accounts.caller_by_token(second.access_token)).scopes == {"orders:read"}
    assert third.scopes == ("account:read", "orders:read")


async def test_the_second_use_of_a_refresh_token_revokes_its_session_although_the_request_fails(accounts: Accounts) -> None:
    await accounts.register()
    first = await accounts.log_in()
    other = await accounts.log_in()
    second = await accounts.refresh(first.refresh_token)

    with pytest.raises(RefreshTokenReused):
        await accounts.refresh(first.refresh_token)

    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(second.access_token)
    with pytest.raises(InvalidRefreshToken):
        await accounts.refresh(second.refresh_token)
    await accounts.caller_by_token(other.access_token)
    assert (await _recorded(accounts))[-1] == "credential.revoked"


async def test_concurrent_uses_of_one_refresh_token_succeed_at_most_once_and_revoke_the_session(accounts: Accounts) -> None:
    await accounts.register()
    session = await accounts.log_in()

    outcomes = await asyncio.gather(*[accounts.refresh(session.refresh_token) for _ in range(8)], return_exceptions=True)

    won = [outcome for outcome in outcomes if isinstance(outcome, auth.Session)]
    assert len(won) == 1
    assert sum(isinstance(outcome, RefreshTokenReused) for outcome in outcomes) == 7
    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(won[0].access_token)


async def test_an_unused_refresh_token_is_good_for_thirty_days(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    used, unused = await accounts.log_in(), await accounts.log_in()
    clock.advance(days=30, seconds=-1)

    await accounts.refresh(used.refresh_token)

    clock.advance(seconds=1)
    with pytest.raises(InvalidRefreshToken):
        await accounts.refresh(unused.refresh_token)


async def test_renewing_does_not_make_a_session_outlive_its_ninety_days(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    session = await accounts.log_in()
    for _ in range(4):
        clock.advance(days=22)
        session = await accounts.refresh(session.refresh_token)
    clock.advance(days=2, seconds=-1)
    renewed = await accounts.refresh(session.refresh_token)

    clock.advance(seconds=1)

    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(renewed.access_token)
    with pytest.raises(InvalidRefreshToken):
        await accounts.refresh(renewed.refresh_token)


async def test_an_unknown_refresh_token_revokes_nothing(accounts: Accounts) -> None:
    await accounts.register()
    session = await accounts.log_in()

    with pytest.raises(InvalidRefreshToken):
        await accounts.refresh("syr_" + "A" * 43)

    await accounts.caller_by_token(session.access_token)


async def _log_out(accounts: Accounts, caller: Caller) -> None:
    async with accounts.database.transaction() as tx:
        await revoke_current_credential(tx, accounts.credential_cache, caller=caller)


async def test_a_logout_applies_to_the_next_request_here_and_within_a_second_elsewhere(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    session = await accounts.log_in()
    elsewhere = accounts.another_process()
    caller = await accounts.caller_by_token(session.access_token)
    await elsewhere.caller_by_token(session.access_token)

    await _log_out(accounts, caller)

    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(session.access_token)
    await elsewhere.caller_by_token(session.access_token)  # its cached credential is less than a second old
    clock.advance(seconds=1)
    with pytest.raises(InvalidToken):
        await elsewhere.caller_by_token(session.access_token)
    with pytest.raises(InvalidRefreshToken):
        await accounts.refresh(session.refresh_token)


async def test_own_sessions_can_be_ended_once_and_those_of_others_not_at_all(accounts: Accounts) -> None:
    await accounts.register()
    await accounts.register("Bob", "bob@example.com")
    here, phone = await accounts.log_in(), await accounts.log_in()
    bobs = await accounts.log_in("bob@example.com")
    caller = await accounts.caller_by_token(here.access_token)

    async def revoke(credential_id: int) -> None:
        async with accounts.database.transaction() as tx:
            await revoke_credential(tx, accounts.credential_cache, caller=caller, credential_id=credential_id)

    await revoke(phone.session_id)

    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(phone.access_token)
    for gone_or_foreign in (phone.session_id, bobs.session_id, 999):
        with pytest.raises(CredentialNotFound):
            await revoke(gone_or_foreign)
    await accounts.caller_by_token(bobs.access_token)
    await revoke(here.session_id)
    with pytest.raises(InvalidToken):
        await accounts.caller_by_token(here.access_token)


async def test_expired_rows_are_deleted_and_rows_that_still_matter_stay(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    used = await accounts.log_in()
    await accounts.refresh(used.refresh_token)

    async def delete() -> int:
        async with accounts.database.transaction() as tx:
            return await delete_expired(tx, accounts.policy)

    clock.advance(days=40)
    assert await delete() == 0
    with pytest.raises(RefreshTokenReused):
        await accounts.refresh(used.refresh_token)
    clock.advance(days=90)
    await delete()
    assert await accounts.database.read().all(_credentials) == []
    assert await accounts.database.read().all(_hashes) == []


async def test_a_session_is_fresh_for_an_hour_and_a_refresh_does_not_renew_that(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    began = clock.now
    session = await accounts.log_in()
    clock.advance(minutes=40)

    caller = await accounts.caller_by_token((await accounts.refresh(session.refresh_token)).access_token)

    assert caller.authenticated_at == began
    assert clock.now - caller.authenticated_at == timedelta(minutes=40)
