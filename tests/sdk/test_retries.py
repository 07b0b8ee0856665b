"""Which calls are sent again: the rules case by case, and as a property over any sequence of faults."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import strategies as st

from steelyard_client import Retries, Steelyard, calls, errors, models
from steelyard_runtime.call import Call
from steelyard_runtime.retry import Budget, retry_after
from tests.sdk.kit import AT_ONCE, Outcome, Scripted, ok, problem

UNKEYED: Call[Any] = calls.issue_token(username="a@b.c", password="p")
SIGN_UP: Call[Any] = calls.create_user(name="Ann", email="a@b.c", password="correct horse battery")
KEYED: Call[Any] = calls.create_item(title="Lamp", price={"amount": 1, "currency": "USD"})
READ: Call[Any] = calls.get_item(7)
SAFE: Call[Any] = calls.quote_order(product_id=7, quantity=1)
PLAIN_PATCH: Call[Any] = calls.update_item(7, title="Lamp")
GUARDED_PATCH: Call[Any] = calls.update_item(7, title="Lamp", if_match='"4"')
DELETE: Call[Any] = calls.delete_item(7)

NOT_SENT = [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
LOST = [httpx.ReadError("x"), httpx.WriteError("x"), httpx.ReadTimeout("x"), httpx.WriteTimeout("x"), httpx.RemoteProtocolError("x")]
HOPELESS = [httpx.LocalProtocolError("x"), httpx.UnsupportedProtocol("x"), httpx.ProxyError("x")]
TRANSIENT = [httpx.Response(status) for status in (408, 500, 502, 503, 504)]
FINAL = [httpx.Response(status) for status in (400, 403, 404, 405, 409, 410, 412, 413, 415, 422)]


def sends(call: Call[Any], *outcomes: Any) -> int:
    """How often a call is sent to a server that always returns these outcomes."""
    server = Scripted(outcomes)
    with pytest.raises(errors.SteelyardError):
        server.client().send(call)
    return len(server.seen)


@pytest.mark.parametrize("call", [READ, DELETE, KEYED, SAFE, GUARDED_PATCH, PLAIN_PATCH, UNKEYED], ids=lambda call: call.operation.name)
@pytest.mark.parametrize("outcome", [*NOT_SENT, httpx.Response(429)], ids=repr)
def test_a_call_without_an_effect_is_always_sent_again(call: Call[Any], outcome: Any) -> None:
    assert sends(call, outcome) == 3


@pytest.mark.parametrize("call", [READ, DELETE, KEYED, SAFE, GUARDED_PATCH], ids=lambda call: call.operation.name)
@pytest.mark.parametrize("outcome", [*LOST, *TRANSIENT], ids=repr)
def test_a_repeatable_call_is_sent_again_after_a_lost_response(call: Call[Any], outcome: Any) -> None:
    assert sends(call, outcome) == 3


@pytest.mark.parametrize("call", [PLAIN_PATCH, UNKEYED], ids=lambda call: call.operation.name)
@pytest.mark.parametrize("outcome", [*LOST, *TRANSIENT], ids=repr)
def test_an_unrepeatable_call_is_sent_once(call: Call[Any], outcome: Any) -> None:
    assert sends(call, outcome) == 1


@pytest.mark.parametrize("call", [READ, KEYED, UNKEYED], ids=lambda call: call.operation.name)
@pytest.mark.parametrize("outcome", [*HOPELESS, *FINAL], ids=repr)
def test_a_call_that_fails_permanently_is_sent_once(call: Call[Any], outcome: Any) -> None:
    assert sends(call, outcome) == 1


@pytest.mark.parametrize(("call", "times"), [(KEYED, 3), (READ, 1)])
def test_a_request_in_progress_is_sent_again_with_the_same_key(call: Call[Any], times: int) -> None:
    server = Scripted([problem("IdempotencyInProgress")])

    with pytest.raises(errors.IdempotencyInProgress):
        server.client().send(call)

    assert len(server.seen) == times
    assert len({request.headers.get("idempotency-key") for request in server.seen}) == 1


OUTCOMES = st.lists(
    st.sampled_from([*NOT_SENT, *LOST, *HOPELESS, *TRANSIENT, httpx.Response(429), httpx.Response(200)]), min_size=1, max_size=6
)
ALL = [READ, DELETE, KEYED, SAFE, GUARDED_PATCH, PLAIN_PATCH, UNKEYED, SIGN_UP]


@hypothesis.settings(max_examples=1500, deadline=None)
@hypothesis.given(call=st.sampled_from(ALL), outcomes=OUTCOMES, attempts=st.integers(1, 6))
def test_an_unrepeatable_call_is_not_sent_again_once_it_may_have_arrived(call: Call[Any], outcomes: list[Any], attempts: int) -> None:
    server = Scripted(outcomes)

    with suppress(errors.SteelyardError):
        server.client(retries=Retries(attempts=attempts, base=0.0)).send(call)

    sent = server.seen
    assert 1 <= len(sent) <= attempts
    before = [outcomes[min(number, len(outcomes) - 1)] for number in range(len(sent) - 1)]
    if not call.repeatable:
        assert all(outcome in NOT_SENT or getattr(outcome, "status_code", 0) == 429 for outcome in before)
    assert len({request.headers.get("idempotency-key") for request in sent}) == 1
    assert len({bytes(request.content) for request in sent}) == 1


def test_retries_stop_while_a_failure_lasts() -> None:
    server = Scripted([httpx.Response(503)])
    client = server.client()

    for _ in range(20):
        with pytest.raises(errors.ApiError):
            client.items.get(7)

    assert len(server.seen) == 20 + 10


def test_successes_earn_new_retries_and_views_share_them() -> None:
    budget = Budget()
    taken = sum(budget.take() for _ in range(20))
    for _ in range(25):
        budget.credit()

    assert taken == 10
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]

    client = Scripted([ok("get_item")]).client()
    assert client.with_options(timeout=1).core.budget is client.core.budget


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-4", 0.0), ("soon", None), (None, None), ("nan", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_retry_after_may_be_a_date_in_the_future() -> None:
    seconds = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True))

    assert seconds is not None
    assert 25 < seconds <= 30


class Waits:
    """A clock that only `time.sleep` advances, and the seconds of each wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, client: Steelyard) -> None:
        self.now, self.waited = 0.0, list[float]()
        client.core.clock = lambda: self.now
        monkeypatch.setattr("time.sleep", self.wait)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


def refused(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_retry_waits_as_long_as_retry_after_states(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Scripted([refused(429, retry_after="7"), ok("get_item")]).client()
    waits = Waits(monkeypatch, client)

    assert client.send(READ).attempts == 2
    assert waits.waited == [7.0]


def test_a_retry_waits_a_minute_even_if_the_server_rounds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Scripted([refused(429, retry_after="61"), ok("get_item")]).client(deadline=120)
    waits = Waits(monkeypatch, client)

    assert client.send(READ).attempts == 2
    assert waits.waited == [61.0]


@pytest.mark.parametrize(("seconds", "deadline"), [("31", 30), ("62", None)])
def test_a_retry_after_beyond_the_deadline_or_a_minute_raises_without_a_wait(
    monkeypatch: pytest.MonkeyPatch, seconds: str, deadline: float | None
) -> None:
    server = Scripted([lambda _: httpx.Response(429, json=problem("RateLimited").json(), headers={"retry-after": seconds})])
    client = server.client(deadline=deadline)
    waits = Waits(monkeypatch, client)

    with pytest.raises(errors.ApiError) as raised:
        client.send(READ)

    assert (len(server.seen), waits.waited, raised.value.retry_after) == (1, [], float(seconds))


def test_pauses_double_with_full_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Scripted([httpx.Response(503)]).client(retries=Retries(attempts=9, random=lambda _, most: most), deadline=None)
    waits = Waits(monkeypatch, client)

    with pytest.raises(errors.ApiError):
        client.send(READ)

    assert waits.waited == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_the_deadline_spans_attempts_and_shortens_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    phases = list[float]()

    def respond(request: httpx.Request) -> httpx.Response:
        phases.append(request.extensions["timeout"]["read"])
        waits.now += 9
        raise httpx.ReadTimeout("slow", request=request)

    client = Scripted(respond).client(timeout=10, deadline=25, retries=Retries(attempts=9, base=0.0))
    waits = Waits(monkeypatch, client)

    with pytest.raises(errors.TimedOut) as raised:
        client.send(READ)

    assert phases == [10, 10, 7]
    assert raised.value.attempts == 3


def test_an_error_states_whether_the_call_may_have_had_an_effect() -> None:
    for outcome, sent in ((httpx.ConnectError("x"), False), (httpx.ReadTimeout("x"), True)):
        with pytest.raises(errors.ConnectionFailed) as raised:
            Scripted([outcome]).client().send(KEYED)
        assert raised.value.sent is sent


@pytest.mark.parametrize(
    ("call", "failure"), [(DELETE, problem("ItemNotFound")), (GUARDED_PATCH, problem("PreconditionFailed"))], ids=["DELETE", "If-Match"]
)
def test_a_problem_after_a_lost_response_is_marked_as_resent(call: Call[Any], failure: httpx.Response) -> None:
    with pytest.raises(errors.ProblemError) as echoed:
        Scripted([httpx.ReadTimeout("x"), failure]).client().send(call)
    with pytest.raises(errors.ProblemError) as plain:
        Scripted([httpx.ConnectError("x"), failure]).client().send(call)

    assert (echoed.value.resent, plain.value.resent) == (True, False)


def test_a_call_keeps_its_key_and_a_new_call_has_another() -> None:
    server = Scripted([ok("create_item", 201)])
    client = server.client()

    client.send(KEYED)
    client.send(KEYED)
    client.items.create(title="Lamp", price=models.Price(amount=1, currency="USD"))
    client.items.create(title="Lamp", price=models.Price(amount=1, currency="USD"), idempotency_key="mine")

    first, second, third, fourth = [request.headers["idempotency-key"] for request in server.seen]
    assert first == second != third
    assert fourth == "mine"
    assert json.loads(server.seen[0].content) == {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}}


async def test_the_asynchronous_client_sends_as_often() -> None:
    for call in ALL:
        outcomes: list[Outcome] = [*NOT_SENT, *LOST, *HOPELESS, *TRANSIENT, *FINAL]
        for outcome in outcomes:
            server = Scripted([outcome])
            with pytest.raises(errors.SteelyardError):
                await server.async_client().send(call)
            assert len(server.seen) == sends(call, outcome), (call, outcome)


def test_a_cancellation_is_not_retried() -> None:
    class Stop(BaseException):
        pass

    def respond(_: httpx.Request) -> httpx.Response:
        raise Stop

    server = Scripted(respond)
    with pytest.raises(Stop):
        server.client().send(READ)

    assert len(server.seen) == 1


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(seconds: float) -> None:
        assert seconds == 0, f"a test would wait {seconds} s"

    monkeypatch.setattr("time.sleep", refuse)


def test_retries_of_the_tests_do_not_wait() -> None:
    pause: Callable[[int], float] = AT_ONCE.pause
    assert pause(3) == 0
