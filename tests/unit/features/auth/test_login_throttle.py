"""How failed logins are slowed down."""

import asyncio
import statistics
import time

import pytest
from sqlalchemy import select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.auth.login import LoginPolicy
from steelyard.security.passwords import PasswordHasher
from steelyard.tables.credentials import login_failures
from steelyard.tables.events import EventRow, events
from steelyard_contract.problems import InvalidCredentials, RateLimited
from tests.kit.world.accounts import PASSWORD, Accounts
from tests.kit.world.clock import Clock

_failures = statement(select(login_failures.c.account_key), str)
_blocked = statement(select(*[events.c[name] for name in EventRow._fields]).where(events.c.type == "auth.login_blocked"), EventRow)


async def _fail(accounts: Accounts, times: int = 1, username: str = "alice@example.com", network: str = "203.0.113.9") -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await accounts.log_in(username, "wrong password", network=network)


@pytest.mark.parametrize("username", ["alice@example.com", "unknown@example.com"])
async def test_the_eleventh_login_is_rejected_even_with_the_right_password_or_an_unknown_user(accounts: Accounts, username: str) -> None:
    await accounts.register()
    await _fail(accounts, 10, username)

    with pytest.raises(RateLimited) as refused:
        await accounts.log_in(username, PASSWORD, network="203.0.113.9")

    assert refused.value.members == {"policy": "login"}
    assert refused.value.headers["Retry-After"] == "300"


@pytest.mark.parametrize("username", ["alice@example.com", "unknown@example.com"])
async def test_failures_from_many_networks_delay_the_account_longer_and_longer_and_never_close_it(
    accounts: Accounts, clock: Clock, username: str
) -> None:
    await accounts.register()
    await _fail(accounts, 10, username, network="192.0.2.0")
    waits = []
    for number in range(1, 12):
        with pytest.raises(RateLimited) as refused:
            await accounts.log_in(username, PASSWORD, network=f"192.0.2.{number}")
        waits.append(int(refused.value.headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
        await _fail(accounts, 1, username, network=f"192.0.2.{number}")
    clock.advance(seconds=300)

    await _fail(accounts, 1, "unknown@example.com", network="192.0.2.99")
    await accounts.log_in(network="192.0.2.99")

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_failures_elsewhere_do_not_block_a_network_with_an_earlier_login(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    await accounts.log_in(network="203.0.113.9")
    for number in range(30):
        await _fail(accounts, 1, network=f"192.0.2.{number}") if number < 10 else clock.advance(seconds=1)
    # A stranger behind the same router uses up the count of the network.
    for number in range(10):
        await _fail(accounts, username=f"user{number}@example.com", network="203.0.113.9")
    with pytest.raises(RateLimited):
        await accounts.log_in("unknown@example.com", network="203.0.113.9")

    await accounts.log_in(network="203.0.113.9")


async def test_a_network_with_an_earlier_login_has_ten_failures_itself(accounts: Accounts) -> None:
    await accounts.register()
    await accounts.log_in(network="203.0.113.9")
    await _fail(accounts, 10, network="203.0.113.9")

    with pytest.raises(RateLimited) as refused:
        await accounts.log_in(network="203.0.113.9")

    assert refused.value.headers["Retry-After"] == "300"


async def test_a_network_is_known_for_thirty_days_and_to_one_account(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    await accounts.register("Bob Brown", "bob@example.com")
    await accounts.log_in("bob@example.com", network="203.0.113.9")
    clock.advance(days=29)
    await accounts.log_in("bob@example.com", network="203.0.113.9")
    clock.advance(days=29)
    for username in ("alice@example.com", "bob@example.com"):
        await _fail(accounts, 10, username, network="192.0.2.1" if username.startswith("alice") else "192.0.2.2")

    await accounts.log_in("bob@example.com", network="203.0.113.9")
    with pytest.raises(RateLimited):
        await accounts.log_in("alice@example.com", network="203.0.113.9")
    clock.advance(days=31)
    await _fail(accounts, 10, "bob@example.com", network="192.0.2.2")

    with pytest.raises(RateLimited):
        await accounts.log_in("bob@example.com", network="203.0.113.9")


async def test_failures_of_unknown_users_block_no_other_account(accounts: Accounts) -> None:
    await accounts.register()
    for number in range(1040):
        await _fail(accounts, username=f"user{number}@example.com", network=f"192.0.{number // 1000}.{number % 104}")

    await accounts.log_in(network="203.0.113.9")


async def test_a_blocked_login_hashes_nothing(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    await accounts.register()
    await _fail(accounts, 10)

    async def unreachable(*_: object) -> None:
        raise AssertionError("hashed")

    monkeypatch.setattr(accounts.passwords, "verify", unreachable)
    with pytest.raises(RateLimited):
        await accounts.log_in()


async def test_the_wait_ends_five_minutes_after_the_tenth_newest_failure(accounts: Accounts, clock: Clock) -> None:
    await accounts.register()
    for _ in range(10):
        await _fail(accounts)
        clock.advance(seconds=10)
    with pytest.raises(RateLimited) as refused:
        await accounts.log_in(network="203.0.113.9")
    wait_s = int(refused.value.headers["Retry-After"])

    clock.advance(seconds=wait_s - 1)
    with pytest.raises(RateLimited):
        await accounts.log_in(network="203.0.113.9")
    clock.advance(seconds=1)
    await accounts.log_in(network="203.0.113.9")

    assert wait_s == 300 - 100


async def test_failures_of_many_accounts_from_one_address_count_together(accounts: Accounts) -> None:
    await accounts.register()
    for number in range(10):
        await _fail(accounts, username=f"user{number}@example.com")

    with pytest.raises(RateLimited):
        await accounts.log_in(network="203.0.113.9")
    await accounts.log_in(network="203.0.113.10")


async def test_a_success_is_not_counted_and_resets_no_count(accounts: Accounts) -> None:
    await accounts.register()
    await _fail(accounts, 9)
    await accounts.log_in(network="203.0.113.9")
    await _fail(accounts)

    with pytest.raises(RateLimited):
        await accounts.log_in(network="203.0.113.9")


async def test_open_sessions_work_while_logins_are_blocked(accounts: Accounts) -> None:
    await accounts.register()
    session = await accounts.log_in()
    await _fail(accounts, 10)

    await accounts.caller_by_token(session.access_token)
    await accounts.refresh(session.refresh_token)


async def test_of_many_concurrent_attempts_only_ten_are_checked(accounts: Accounts) -> None:
    await accounts.register()

    async def guess(number: int) -> type[Exception]:
        with pytest.raises((InvalidCredentials, RateLimited)) as refused:
            await accounts.log_in(password=f"wrong password {number}", network=f"203.0.113.{number}")
        return refused.type

    outcomes = await asyncio.gather(*[guess(number) for number in range(30)])

    assert outcomes.count(InvalidCredentials) == 10
    assert outcomes.count(RateLimited) == 20


async def test_the_failure_that_starts_the_delay_is_recorded_once(accounts: Accounts) -> None:
    alice = (await accounts.register()).user
    await _fail(accounts, 10)
    await _fail(accounts, 10, "unknown@example.com", network="192.0.2.9")
    with pytest.raises(RateLimited):
        await accounts.log_in()

    recorded = await accounts.database.read().all(_blocked)

    assert [(event.subject_kind, event.subject_id, event.data) for event in recorded] == [
        ("user", alice.id, {"user_id": alice.id}),
        ("user", None, {"user_id": None}),
    ]


async def test_failures_are_stored_without_the_email(accounts: Accounts) -> None:
    await _fail(accounts, username="Unknown@example.com")

    (key,) = await accounts.database.read().all(_failures)

    assert len(key) == 64
    assert "unknown" not in key


@pytest.mark.slow
async def test_unknown_users_and_wrong_passwords_take_the_same_time(database: Database, clock: Clock) -> None:
    passwords = PasswordHasher()
    accounts = Accounts(database, clock, passwords, LoginPolicy(failures=10_000))
    await accounts.register()
    await _fail(accounts, 2)

    async def taken(username: str) -> float:
        began = time.thread_time() + time.process_time()
        await _fail(accounts, username=username)
        return time.thread_time() + time.process_time() - began

    known, unknown = [], []
    for _ in range(20):
        known.append(await taken("alice@example.com"))
        unknown.append(await taken("unknown@example.com"))
    passwords.close()

    # CPU time and medians, because other processes share the machine. Without the dummy check the ratio is 10 or more.
    assert 0.8 < statistics.median(known) / statistics.median(unknown) < 1.25
