"""Sliding windows: what is announced is granted, in bounded memory, for all processes together."""

import random
import secrets
from pathlib import Path

import pytest

from steelyard.app.shared_objects import quotas_from
from steelyard.rate_limits import counts
from steelyard.rate_limits.counts import SIZE, Counts, CountsFileError
from steelyard.rate_limits.memory import MemoryLimiter, Quota
from steelyard.settings import Settings


def limiter(calls: int = 10, period_s: int = 60, **more: Quota) -> MemoryLimiter:
    return MemoryLimiter({"default": Quota(calls, period_s), **more}, Counts(secrets.token_bytes))


@pytest.mark.parametrize(("calls", "period_s"), [(1, 60), (3, 60), (7, 60), (10, 300), (300, 60), (7, 3600)])
def test_a_burst_gets_exactly_the_quota(calls: int, period_s: int) -> None:
    taken = limiter(calls, period_s)

    decisions = [taken.take("default", "a", 1000.1) for _ in range(calls + 5)]

    assert [decision.allowed for decision in decisions] == [True] * calls + [False] * 5
    assert [decision.left for decision in decisions] == [*range(calls - 1, -1, -1), 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("calls", "period_s"), [(1, 60), (3, 60), (7, 60), (300, 60), (7, 3600)])
def test_retry_after_is_the_least_wait_in_whole_seconds(calls: int, period_s: int) -> None:
    taken = limiter(calls, period_s)
    for _ in range(calls):
        taken.take("default", "a", 0)

    wait_s = taken.take("default", "a", 0).retry_after_s

    assert wait_s >= 1
    assert wait_s == 1 or not taken.take("default", "a", wait_s - 1).allowed
    assert taken.take("default", "a", wait_s).allowed


@pytest.mark.parametrize("calls", [1, 3, 7, 300])
def test_calls_slightly_slower_than_the_quota_are_never_rejected(calls: int) -> None:
    taken = limiter(calls, 60)
    pace = 60 * 1.01 / calls + 1e-6

    assert all(taken.take("default", "a", 1000 + number * pace).allowed for number in range(1000))


@pytest.mark.parametrize(("calls", "per_s"), [(10, 1.0), (10, 0.15), (300, 20.0), (300, 5.1)])
def test_no_window_exceeds_the_quota_and_persistent_callers_get_nearly_all_of_it(calls: int, per_s: float) -> None:
    chance = random.Random(7)
    taken = limiter(calls, 60)
    now, admitted = 0.0, []
    for _ in range(8000):
        now += chance.expovariate(per_s)
        if taken.take("default", "a", now).allowed:
            admitted.append(now)

    assert all(later - earlier >= 60 for earlier, later in zip(admitted, admitted[calls:], strict=False))
    if per_s * 60 > calls * 2:
        assert len(admitted) >= now / 60 * calls * 0.94


def test_keys_and_classes_are_counted_apart() -> None:
    taken = limiter(1, 60, quote=Quota(2, 60))

    assert taken.take("default", "a", 0).allowed
    assert not taken.take("default", "a", 0).allowed
    assert taken.take("default", "b", 0).allowed
    assert [taken.take("quote", "a", 0).allowed for _ in range(3)] == [True, True, False]
    assert [taken.take("login", "a", 0).allowed for _ in range(2)] == [True, False]


def test_the_reset_is_when_the_whole_quota_is_back() -> None:
    taken = limiter(6, 60)
    taken.take("default", "a", 0)

    decision = taken.take("default", "a", 5)

    assert (decision.left, decision.reset_s) == (4, 61)
    assert taken.take("default", "a", 5 + 60).left == 4
    assert taken.take("default", "b", 5).left == 5
    assert limiter(6, 60).take("default", "a", 5 + 61).left == 5


def test_a_clock_that_goes_back_allows_no_extra_call() -> None:
    taken = limiter(2, 60)
    taken.take("default", "a", 100)
    taken.take("default", "a", 100)

    assert not taken.take("default", "a", 50).allowed


def test_a_count_from_before_a_restart_of_the_machine_is_dropped() -> None:
    taken = limiter(1, 60)
    taken.take("default", "a", 1_000_000)

    assert taken.take("default", "a", 5).allowed
    assert not taken.take("default", "a", 6).allowed


def test_limiters_with_the_same_file_count_together(tmp_path: Path) -> None:
    limiters = [MemoryLimiter({"default": Quota(3, 60)}, Counts(secrets.token_bytes, tmp_path / "counts")) for _ in range(3)]
    for each in limiters:
        each.open()

    allowed = [each.take("default", "a", 0).allowed for each in (*limiters, *limiters)]

    for each in limiters:
        each.close()
    assert allowed == [True] * 3 + [False] * 3
    assert (tmp_path / "counts").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "counts").stat().st_size == SIZE < 15_000_000


def test_a_file_of_another_kind_is_rejected_by_name(tmp_path: Path) -> None:
    (tmp_path / "counts").write_text("something else")

    with pytest.raises(CountsFileError, match="STEELYARD_RATE_LIMITS_FILE"):
        Counts(secrets.token_bytes, tmp_path / "counts").open()


def test_memory_is_bounded_and_the_oldest_entry_of_a_set_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "SETS", 1)
    taken = limiter(1, 60)
    for key in "abcdefgh":
        taken.take("default", key, 10)
    assert not taken.take("default", "a", 11).allowed

    taken.take("default", "i", 12)

    assert not taken.take("default", "a", 13).allowed
    assert not taken.take("default", "i", 13).allowed
    assert taken.take("default", "b", 13).allowed


def test_addresses_are_not_stored() -> None:
    kept = Counts(secrets.token_bytes)
    MemoryLimiter({"default": Quota(3, 60)}, kept).take("default", "@203.0.113.9", 0)

    assert b"203.0.113.9" not in kept._memory


def test_the_classes_come_from_the_settings() -> None:
    quotas = quotas_from(Settings(rate_default_per_minute=5, rate_mail_per_hour=2))

    assert quotas["default"] == Quota(5, 60)
    assert quotas["mail"] == Quota(2, 3600)
    assert quotas["register"] == Quota(3, 60)
