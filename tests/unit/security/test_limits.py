"""GCRA: exact quotas, in bounded memory."""

import random

import pytest

from steelyard.security import limits
from steelyard.security.limits import Limiter, Quota, quotas_of
from steelyard.settings import Settings


def limiter(calls: int = 10, period_s: int = 60, **more: Quota) -> Limiter:
    return Limiter({"default": Quota(calls, period_s), **more})


@pytest.mark.parametrize(("calls", "period_s"), [(1, 60), (3, 60), (7, 60), (10, 300), (300, 60), (7, 3600)])
def test_a_burst_gets_the_whole_quota_and_nothing_beyond(calls: int, period_s: int) -> None:
    taken = limiter(calls, period_s)

    verdicts = [taken.take("default", "a", 1000.1) for _ in range(calls + 5)]

    assert [verdict.allowed for verdict in verdicts] == [True] * calls + [False] * 5
    assert [verdict.left for verdict in verdicts] == [*range(calls - 1, -1, -1), 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("calls", "period_s"), [(1, 60), (3, 60), (7, 60), (300, 60), (7, 3600)])
def test_whoever_waits_as_long_as_told_gets_through_and_not_a_second_earlier(calls: int, period_s: int) -> None:
    taken = limiter(calls, period_s)
    for _ in range(calls):
        taken.take("default", "a", 0)

    wait_s = taken.take("default", "a", 0).retry_after_s

    assert wait_s >= 1
    assert wait_s == 1 or not taken.take("default", "a", wait_s - 1).allowed
    assert taken.take("default", "a", wait_s).allowed


def test_calls_at_the_quotas_own_pace_are_never_refused() -> None:
    taken = limiter(7, 60)
    # A hair slower than 60 / 7 s, because a clock has no thirds.
    pace = 60 / 7 + 1e-9
    for _ in range(7):
        taken.take("default", "a", 0)

    assert all(taken.take("default", "a", number * pace).allowed for number in range(1, 1000))


def test_no_window_ever_holds_more_than_twice_the_quota_less_one_and_none_after_the_burst_more_than_it() -> None:
    chance = random.Random(7)
    taken = limiter(10, 60)
    now, admitted = 0.0, []
    for _ in range(5000):
        now += chance.expovariate(1.0)
        if taken.take("default", "a", now).allowed:
            admitted.append(now)

    for start in admitted:
        assert sum(start <= moment < start + 60 for moment in admitted) <= 10 + 10
    assert len(admitted) <= 10 + now * 10 / 60


def test_keys_and_classes_are_counted_apart() -> None:
    taken = limiter(1, 60, quote=Quota(2, 60))

    assert taken.take("default", "a", 0).allowed
    assert not taken.take("default", "a", 0).allowed
    assert taken.take("default", "b", 0).allowed
    assert [taken.take("quote", "a", 0).allowed for _ in range(3)] == [True, True, False]
    assert [taken.take("login", "a", 0).allowed for _ in range(2)] == [True, False]


def test_the_reset_tells_when_the_whole_quota_is_back() -> None:
    taken = limiter(6, 60)
    taken.take("default", "a", 0)

    verdict = taken.take("default", "a", 5)

    assert (verdict.left, verdict.reset_s) == (4, 15)
    assert taken.take("default", "a", 5 + 15).left == 5


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    taken = limiter(2, 60)
    taken.take("default", "a", 100)
    taken.take("default", "a", 100)

    assert not taken.take("default", "a", 50).allowed


def test_processes_share_a_quota_and_announce_the_whole() -> None:
    shared = Limiter({"default": Quota(300, 60), "register": Quota(3, 60)}, processes=4)

    assert sum(shared.take("default", "a", 0).allowed for _ in range(300)) == 75
    assert shared.quota_of("default") == Quota(300, 60)
    assert sum(shared.take("register", "a", 0).allowed for _ in range(10)) == 1
    assert shared.quota_of("login") == Quota(300, 60)


def test_memory_is_bounded_and_the_longest_unseen_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED_KEYS", 3)
    taken = limiter(1, 60)
    for key in "abc":
        taken.take("default", key, 0)
    assert not taken.take("default", "a", 1).allowed

    for key in "defgh":
        taken.take("default", key, 2)

    assert len(taken._empty_at) == 3
    assert not taken.take("default", "h", 3).allowed


def test_the_classes_come_from_the_settings() -> None:
    quotas = quotas_of(Settings(rate_default_per_minute=5, rate_mail_per_hour=2))

    assert quotas["default"] == Quota(5, 60)
    assert quotas["mail"] == Quota(2, 3600)
    assert quotas["register"] == Quota(3, 60)
