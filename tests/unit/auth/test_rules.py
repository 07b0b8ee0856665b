from steelyard.auth.rules import LoginRules
from steelyard.settings import Settings


def test_without_rate_limits_nobody_is_locked_out() -> None:
    limited = LoginRules.of(Settings(login_failures=3))
    free = LoginRules.of(Settings(login_failures=3, rate_limits=False))

    assert limited.failures == 3
    assert free.failures > 1_000_000
    assert free.failures_everyone > 1_000_000
