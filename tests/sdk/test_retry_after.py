"""Retry-After with a date is in GMT wherever the program runs, and clients that get the same one do not return together."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from steelyard_client import Retries, errors
from steelyard_runtime.retry import retry_after
from tests.sdk.kit import Scripted, ok

FORMS = {
    "the format of HTTP": "%a, %d %b %Y %H:%M:%S GMT",
    "without a zone": "%a, %d %b %Y %H:%M:%S",
    "an unknown zone": "%a, %d %b %Y %H:%M:%S -0000",
    "RFC 850": "%A, %d-%b-%y %H:%M:%S GMT",
    "asctime": "%a %b %d %H:%M:%S %Y",
}


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The local time of the program."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("form", FORMS)
def test_a_date_is_in_gmt(form: str) -> None:
    seconds = retry_after((datetime.now(UTC) + timedelta(seconds=30)).strftime(FORMS[form]))

    assert seconds is not None
    assert 25 < seconds <= 30


def test_clients_that_get_the_same_retry_after_return_at_different_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()
    monkeypatch.setattr("time.sleep", waits.append)

    for _ in range(20):
        limited = httpx.Response(429, headers={"retry-after": "7"})
        Scripted([limited, ok("get_item")]).client(retries=Retries()).items.get(7)

    assert all(7 <= wait <= 7.25 for wait in waits)
    assert len(set(waits)) == 20


def test_the_random_part_does_not_count_against_the_longest_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()
    monkeypatch.setattr("time.sleep", waits.append)
    limited = httpx.Response(429, headers={"retry-after": "61"})

    client = Scripted([limited, ok("get_item")]).client(retries=Retries(random=lambda _, most: most), deadline=None)
    assert client.items.get(7).id == 7

    assert waits == [61.25]


def test_an_endless_wait_is_refused_even_if_every_retry_after_is_accepted() -> None:
    limited = httpx.Response(429, headers={"retry-after": "inf"})
    client = Scripted([limited]).client(retries=Retries(max_retry_after=float("inf")), deadline=None)

    with pytest.raises(errors.ApiError) as raised:
        client.items.get(7)

    assert raised.value.retry_after == float("inf")
