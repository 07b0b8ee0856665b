"""Credentials are cached for a second, and never beyond a change of this process."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steelyard.contract.access.caller import Caller
from steelyard.db.errors import DatabaseUnavailable
from steelyard.db.transaction import ReadOnly
from steelyard.security import credential_cache
from steelyard.security.access_tokens import AccessTokenClaims
from steelyard.security.api_keys import ApiKeyClaims, ApiKeys
from steelyard.security.authenticator import BearerAuthenticator
from steelyard.security.credential_cache import ActiveCredential, CredentialCache
from steelyard_contract.policy import SCOPES_OF
from steelyard_contract.problems import InvalidToken
from tests.kit.world.accounts import tokens_of
from tests.kit.world.clock import Clock


async def no_key(db: ReadOnly, secret_hash: str) -> ApiKeyClaims | None:  # noqa: ARG001  # an ApiKeyFinder
    return None


NO_KEYS = ApiKeys(no_key)
READ = cast(ReadOnly, None)
ALICE = ActiveCredential(7, "user", frozenset(SCOPES_OF["user"]), 41, "session", datetime(2027, 3, 1, tzinfo=UTC))
CLAIMS = AccessTokenClaims(7, 41, frozenset(SCOPES_OF["user"]), 0, 1800)


class Registry:
    """Returns one credential, once its gate is open, and counts its calls."""

    def __init__(self, standing: ActiveCredential | None = ALICE) -> None:
        self.standing = standing
        self.calls = 0
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, read: ReadOnly, credential_id: int) -> ActiveCredential | None:  # noqa: ARG002  # a Registry
        self.calls += 1
        seen = self.standing
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return seen


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def standings(registry: Registry, clock: Clock) -> CredentialCache:
    return CredentialCache(registry, clock.stopwatch)


async def _turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_credential_is_loaded_once_a_second(standings: CredentialCache, registry: Registry, clock: Clock) -> None:
    for _ in range(5):
        await standings.get(CLAIMS, READ)
        clock.advance(seconds=0.19)

    assert registry.calls == 1
    clock.advance(seconds=0.05)
    await standings.get(CLAIMS, READ)
    assert registry.calls == 2


async def test_the_second_counts_from_the_start_of_the_load(standings: CredentialCache, registry: Registry, clock: Clock) -> None:
    registry.gate = asyncio.Event()
    slow = asyncio.ensure_future(standings.get(CLAIMS, READ))
    await _turns()
    clock.advance(seconds=0.9)
    registry.gate.set()
    await slow

    clock.advance(seconds=0.1)
    await standings.get(CLAIMS, READ)

    assert registry.calls == 2


async def test_a_credential_revoked_here_is_rejected_at_once(standings: CredentialCache, registry: Registry) -> None:
    await standings.get(CLAIMS, READ)
    registry.standing = None

    standings.drop_user(7)

    assert await standings.get(CLAIMS, READ) is None


async def test_a_change_of_another_user_loads_nothing_again(standings: CredentialCache, registry: Registry) -> None:
    await standings.get(CLAIMS, READ)

    standings.drop_user(8)
    await standings.get(CLAIMS, READ)

    assert registry.calls == 1


async def test_calls_at_the_same_time_share_one_load(standings: CredentialCache, registry: Registry) -> None:
    registry.gate = asyncio.Event()
    waiting = [asyncio.ensure_future(standings.get(CLAIMS, READ)) for _ in range(10)]
    await _turns()
    registry.gate.set()

    callers = await asyncio.gather(*waiting)

    assert registry.calls == 1
    assert all(caller is callers[0] for caller in callers)


async def test_a_load_that_a_change_overtook_is_discarded(standings: CredentialCache, registry: Registry) -> None:
    registry.gate = asyncio.Event()
    waiting = [asyncio.ensure_future(standings.get(CLAIMS, READ)) for _ in range(3)]
    await _turns()

    registry.standing = None
    standings.drop_user(7)
    registry.gate.set()

    assert await asyncio.gather(*waiting) == [None, None, None]
    assert registry.calls == 2


async def test_cancelling_one_caller_does_not_cancel_the_shared_call(standings: CredentialCache, registry: Registry) -> None:
    registry.gate = asyncio.Event()
    first, second, third = [asyncio.ensure_future(standings.get(CLAIMS, READ)) for _ in range(3)]
    await _turns()
    first.cancel()
    await _turns()
    registry.gate.set()

    callers = await asyncio.gather(second, third)

    assert all(isinstance(caller, Caller) for caller in callers)
    assert registry.calls == 1


async def test_an_error_reaches_all_waiting_callers_and_is_not_kept(standings: CredentialCache, registry: Registry) -> None:
    registry.gate = asyncio.Event()
    registry.error = DatabaseUnavailable("frozen")
    waiting = [asyncio.ensure_future(standings.get(CLAIMS, READ)) for _ in range(4)]
    await _turns()
    registry.gate.set()

    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 4
    assert registry.calls == 1
    registry.error = None
    assert await standings.get(CLAIMS, READ) is not None


async def test_the_credential_of_another_user_is_not_accepted(standings: CredentialCache, registry: Registry) -> None:
    registry.standing = replace(ALICE, user_id=8)

    assert await standings.get(CLAIMS, READ) is None


async def test_a_removed_role_removes_its_scopes(standings: CredentialCache, registry: Registry) -> None:
    registry.standing = replace(ALICE, scopes=frozenset(SCOPES_OF["admin"]))

    caller = await standings.get(replace(CLAIMS, scopes=frozenset(SCOPES_OF["admin"])), READ)

    assert caller is not None
    assert caller.scopes == set(SCOPES_OF["user"])
    assert not caller.is_admin


async def test_a_token_with_fewer_scopes_than_its_session_does_less(standings: CredentialCache) -> None:
    full = await standings.get(CLAIMS, READ)
    narrow = await standings.get(replace(CLAIMS, scopes=frozenset({"sales:write"})), READ)

    assert full is not None
    assert full.scopes >= {"account:write", "sales:write"}
    assert narrow is not None
    assert narrow.scopes == {"sales:write", "orders:read"}


async def test_the_cache_is_bounded(standings: CredentialCache, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_cache, "MAX_CREDENTIALS", 3)
    monkeypatch.setattr(credential_cache, "MAX_EPOCHS", 3)

    for number in range(10):
        registry.standing = replace(ALICE, user_id=number, credential_id=number)
        await standings.get(replace(CLAIMS, user_id=number, credential_id=number), READ)
        standings.drop_user(number)

    assert len(standings._loaded) == 3
    assert len(standings._epochs) <= 3


async def test_when_epochs_are_dropped_every_credential_is_loaded_again(
    standings: CredentialCache, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_cache, "MAX_EPOCHS", 2)
    await standings.get(CLAIMS, READ)
    registry.standing = None
    standings.drop_user(7)

    for other in (8, 9, 10):
        standings.drop_user(other)

    assert await standings.get(CLAIMS, READ) is None


async def test_a_caller_needs_a_valid_token_and_an_active_credential(registry: Registry, standings: CredentialCache, clock: Clock) -> None:
    tokens = tokens_of(clock)
    scheme = BearerAuthenticator(tokens, NO_KEYS, standings)
    token = tokens.issue(user_id=7, credential_id=41, scopes=SCOPES_OF["user"]).encode()

    caller = await scheme.load_caller(scheme.verify(token), READ)
    registry.standing = None
    standings.drop_user(7)

    assert (caller.user_id, caller.credential_id) == (7, 41)
    assert scheme.schemes == {"oauth2"}
    with pytest.raises(InvalidToken):
        await scheme.load_caller(scheme.verify(token), READ)
    with pytest.raises(InvalidToken):
        scheme.verify(token + b"x")


class Interleavings(RuleBasedStateMachine):
    """Reads and changes in any order: a caller from before a committed and announced change is never admitted again.

    One user has two credentials. A change is committed and then announced (`drop_user`), as the database and `tx.on_commit` do it.
    Loads may be under way before, between and after. Other users announce changes too, so that epochs overflow.
    """

    @initialize(epochs=st.integers(1, 3), standings=st.integers(1, 2))
    def begin(self, epochs: int, standings: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.kept = (credential_cache.MAX_EPOCHS, credential_cache.MAX_CREDENTIALS)
        credential_cache.MAX_EPOCHS, credential_cache.MAX_CREDENTIALS = epochs, standings
        self.now = 0.0
        self.stored = 0  # the generation that the database has
        self.announced = 0  # the generation that this process must know of
        self.history = [(-1.0, 0)]  # when each generation was committed
        self.pending: list[asyncio.Future[None]] = []
        self.waiting: list[tuple[asyncio.Task[Caller | None], int]] = []
        self.standings = CredentialCache(self.load, lambda: self.now)

    async def load(self, read: ReadOnly, credential_id: int) -> ActiveCredential | None:  # noqa: ARG002  # a Registry
        # The database may read at any moment of the call. The first one is the worst for the cache.
        seen = self.stored
        on_its_way: asyncio.Future[None] = self.loop.create_future()
        self.pending.append(on_its_way)
        await on_its_way
        # The generation travels in the time of the login, so that the caller shows what was read.
        return replace(ALICE, credential_id=credential_id, authenticated_at=datetime.fromtimestamp(seen, UTC))

    def turn(self) -> None:
        for _ in range(6):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
        for task, known in list(self.waiting):
            if task.done():
                self.waiting.remove((task, known))
                if not task.cancelled():
                    caller = task.result()
                    assert caller is not None
                    generation = int(caller.authenticated_at.timestamp())
                    assert generation >= known, f"admitted as of {generation}, though {known} was known before the call"

    @rule(credential_id=st.sampled_from([41, 42]))
    def get(self, credential_id: int) -> None:
        task = self.loop.create_task(self.standings.get(replace(CLAIMS, credential_id=credential_id), READ))
        # What was announced here, and what was committed a second ago or earlier.
        old = max(generation for moment, generation in self.history if moment <= self.now - 1)
        self.waiting.append((task, max(self.announced, old)))
        self.turn()

    @rule()
    def get_and_load(self) -> None:
        self.get(41)
        self.finish_loading()

    @rule()
    def finish_loading(self) -> None:
        for future in self.pending:
            if not future.done():
                future.set_result(None)
        self.pending.clear()
        self.turn()

    @rule()
    def commit(self) -> None:
        self.stored += 1
        self.history.append((self.now, self.stored))

    @rule(count=st.integers(0, 3))
    def announce(self, count: int) -> None:
        self.standings.drop_user(CLAIMS.user_id)
        self.announced = self.stored
        for other in range(count):
            self.standings.drop_user(1000 + other)

    @rule()
    def change(self) -> None:
        self.commit()
        self.announce(0)

    @precondition(lambda self: self.waiting)
    @rule()
    def hang_up(self) -> None:
        task, _ = self.waiting[0]
        task.cancel()
        self.turn()

    @rule(by=st.sampled_from([0.4, 0.6, 1.0]))
    def wait(self, by: float) -> None:
        self.now += by

    @invariant()
    def memory_is_bounded(self) -> None:
        if hasattr(self, "standings"):
            assert len(self.standings._loaded) <= credential_cache.MAX_CREDENTIALS
            assert len(self.standings._epochs) <= credential_cache.MAX_EPOCHS

    def teardown(self) -> None:
        credential_cache.MAX_EPOCHS, credential_cache.MAX_CREDENTIALS = self.kept
        try:
            while self.pending:
                self.finish_loading()
            assert not self.waiting, "every call has returned"
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.turn()
            self.loop.close()


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=400, stateful_step_count=30, deadline=None)


async def test_a_credential_revoked_elsewhere_is_rejected_after_a_second(
    standings: CredentialCache, registry: Registry, clock: Clock
) -> None:
    await standings.get(CLAIMS, READ)
    registry.standing = None
    clock.advance(seconds=0.99)
    assert await standings.get(CLAIMS, READ) is not None

    clock.advance(seconds=0.01)

    assert await standings.get(CLAIMS, READ) is None
