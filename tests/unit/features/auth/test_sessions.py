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
from tests.kit.world.people import PASSWORD, Clock, People

_event_types = statement(select(events.c.type).order_by(events.c.sequence), str)
_hashes = statement(select(refresh_tokens.c.token_hash), str)
_set_hash = statement(update(users).values(hashed_password=bindparam("new_hash")))
_hash = statement(select(users.c.hashed_password), str)
_credentials = statement(select(credentials.c.id), int)


async def _recorded(people: People) -> list[str]:
    return await people.database.read().all(_event_types)


async def test_a_login_grants_every_scope_of_the_role_and_states_its_lifetime(people: People) -> None:
    alice = (await people.register()).user

    session = await people.log_in()
    caller = await people.admitted(session.access_token)

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
    assert await _recorded(people) == ["user.created", "credential.created"]


async def test_the_address_is_compared_without_case(people: People) -> None:
    await people.register(email="Alice@Example.com")

    assert (await people.log_in("aLICE@example.COM")).session_id


async def test_requested_scopes_that_the_role_lacks_are_not_granted(people: People) -> None:
    await people.register()

    session = await people.log_in(scope="users:write orders:write nonsense")

    assert session.scopes == ("orders:write",)
    assert (await people.admitted(session.access_token)).scopes == {"orders:write", "orders:read"}


@pytest.mark.parametrize("username", ["alice@example.com", "unknown@example.com"])
async def test_a_wrong_password_and_an_unknown_user_get_the_same_problem(people: People, username: str) -> None:
    await people.register()

    with pytest.raises(InvalidCredentials) as refused:
        await people.log_in(username, "wrong password")

    assert refused.value.detail == "Incorrect username or password"
    assert refused.value.members == {"error": "invalid_grant"}
    assert refused.value.headers == {"WWW-Authenticate": "Bearer"}


async def test_only_the_right_password_reveals_that_an_account_is_locked(people: People) -> None:
    alice = (await people.register()).user
    await people.set_access(await people.admin(), alice.id, "user", is_active=False)

    with pytest.raises(AccountDisabled):
        await people.log_in()
    with pytest.raises(InvalidCredentials):
        await people.log_in(password="wrong password")


async def test_a_bcrypt_hash_from_elsewhere_is_replaced_at_the_next_login(people: People) -> None:
    await people.register()
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    async with people.database.transaction() as tx:
        await tx.run(_set_hash, new_hash=old)

    await people.log_in()

    assert (await people.database.read().one(_hash)).startswith("$argon2id$")
    await people.log_in()


async def test_refresh_tokens_are_not_stored_in_plain_text(people: People) -> None:
    await people.register()

    session = await people.log_in()

    assert session.refresh_token.startswith("syr_")
    assert len(session.refresh_token) == 47
    assert all(session.refresh_token not in stored for stored in await people.database.read().all(_hashes))


async def test_a_refresh_keeps_the_session_and_replaces_both_tokens(people: People, clock: Clock) -> None:
    await people.register()
    first = await people.log_in()
    clock.advance(minutes=31)
    with pytest.raises(InvalidToken):
        await people.admitted(first.access_token)

    second = await people.renew(first.refresh_token)

    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert (await people.admitted(second.access_token)).credential_id == first.session_id


async def test_a_refresh_may_narrow_the_scopes_but_never_widen_them(people: People) -> None:
    await people.register()
    first = await people.log_in(scope="orders:read account:read")

    second = await people.renew(first.refresh_token, scope="orders:read items:write")
    third = await people.renew(second.refresh_token)

    assert second.scopes == ("orders:read",)
    assert (await people.admitted(second.access_token)).scopes == {"orders:read"}
    assert third.scopes == ("account:read", "orders:read")


async def test_the_second_use_of_a_refresh_token_revokes_its_session_although_the_request_fails(people: People) -> None:
    await people.register()
    first = await people.log_in()
    other = await people.log_in()
    second = await people.renew(first.refresh_token)

    with pytest.raises(RefreshTokenReused):
        await people.renew(first.refresh_token)

    with pytest.raises(InvalidToken):
        await people.admitted(second.access_token)
    with pytest.raises(InvalidRefreshToken):
        await people.renew(second.refresh_token)
    await people.admitted(other.access_token)
    assert (await _recorded(people))[-1] == "credential.revoked"


async def test_concurrent_uses_of_one_refresh_token_succeed_at_most_once_and_revoke_the_session(people: People) -> None:
    await people.register()
    session = await people.log_in()

    outcomes = await asyncio.gather(*[people.renew(session.refresh_token) for _ in range(8)], return_exceptions=True)

    won = [outcome for outcome in outcomes if isinstance(outcome, auth.Session)]
    assert len(won) == 1
    assert sum(isinstance(outcome, RefreshTokenReused) for outcome in outcomes) == 7
    with pytest.raises(InvalidToken):
        await people.admitted(won[0].access_token)


async def test_an_unused_refresh_token_is_good_for_thirty_days(people: People, clock: Clock) -> None:
    await people.register()
    used, unused = await people.log_in(), await people.log_in()
    clock.advance(days=30, seconds=-1)

    await people.renew(used.refresh_token)

    clock.advance(seconds=1)
    with pytest.raises(InvalidRefreshToken):
        await people.renew(unused.refresh_token)


async def test_renewing_does_not_make_a_session_outlive_its_ninety_days(people: People, clock: Clock) -> None:
    await people.register()
    session = await people.log_in()
    for _ in range(4):
        clock.advance(days=22)
        session = await people.renew(session.refresh_token)
    clock.advance(days=2, seconds=-1)
    renewed = await people.renew(session.refresh_token)

    clock.advance(seconds=1)

    with pytest.raises(InvalidToken):
        await people.admitted(renewed.access_token)
    with pytest.raises(InvalidRefreshToken):
        await people.renew(renewed.refresh_token)


async def test_an_unknown_refresh_token_revokes_nothing(people: People) -> None:
    await people.register()
    session = await people.log_in()

    with pytest.raises(InvalidRefreshToken):
        await people.renew("syr_" + "A" * 43)

    await people.admitted(session.access_token)


async def _log_out(people: People, caller: Caller) -> None:
    async with people.database.transaction() as tx:
        await revoke_current_credential(tx, people.standings, caller=caller)


async def test_a_logout_applies_to_the_next_request_here_and_within_a_second_elsewhere(people: People, clock: Clock) -> None:
    await people.register()
    session = await people.log_in()
    elsewhere = people.beside()
    caller = await people.admitted(session.access_token)
    await elsewhere.admitted(session.access_token)

    await _log_out(people, caller)

    with pytest.raises(InvalidToken):
        await people.admitted(session.access_token)
    await elsewhere.admitted(session.access_token)  # its cached credential is less than a second old
    clock.advance(seconds=1)
    with pytest.raises(InvalidToken):
        await elsewhere.admitted(session.access_token)
    with pytest.raises(InvalidRefreshToken):
        await people.renew(session.refresh_token)


async def test_own_sessions_can_be_ended_once_and_those_of_others_not_at_all(people: People) -> None:
    await people.register()
    await people.register("Bob", "bob@example.com")
    here, phone = await people.log_in(), await people.log_in()
    bobs = await people.log_in("bob@example.com")
    caller = await people.admitted(here.access_token)

    async def revoke(credential_id: int) -> None:
        async with people.database.transaction() as tx:
            await revoke_credential(tx, people.standings, caller=caller, credential_id=credential_id)

    await revoke(phone.session_id)

    with pytest.raises(InvalidToken):
        await people.admitted(phone.access_token)
    for gone_or_foreign in (phone.session_id, bobs.session_id, 999):
        with pytest.raises(CredentialNotFound):
            await revoke(gone_or_foreign)
    await people.admitted(bobs.access_token)
    await revoke(here.session_id)
    with pytest.raises(InvalidToken):
        await people.admitted(here.access_token)


async def test_expired_rows_are_deleted_and_rows_that_still_matter_stay(people: People, clock: Clock) -> None:
    await people.register()
    used = await people.log_in()
    await people.renew(used.refresh_token)

    async def delete() -> int:
        async with people.database.transaction() as tx:
            return await delete_expired(tx, people.rules)

    clock.advance(days=40)
    assert await delete() == 0
    with pytest.raises(RefreshTokenReused):
        await people.renew(used.refresh_token)
    clock.advance(days=90)
    await delete()
    assert await people.database.read().all(_credentials) == []
    assert await people.database.read().all(_hashes) == []


async def test_a_session_is_fresh_for_an_hour_and_a_refresh_does_not_renew_that(people: People, clock: Clock) -> None:
    await people.register()
    began = clock.now
    session = await people.log_in()
    clock.advance(minutes=40)

    caller = await people.admitted((await people.renew(session.refresh_token)).access_token)

    assert caller.authenticated_at == began
    assert clock.now - caller.authenticated_at == timedelta(minutes=40)
