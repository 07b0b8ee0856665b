"""API keys by the names of their schemes, and lists in path, query and headers: what is sent, and what is shown of it."""

import logging
from typing import Any

import httpx
import pytest

from steelyard_client import errors, operations
from steelyard_runtime.call import Call, headers, joined, query, segment
from steelyard_runtime.configuration import ClientConfiguration
from steelyard_runtime.keys import Keys, keys_of
from steelyard_runtime.notices import ContractInfo, Notices
from steelyard_runtime.operation import Operation
from steelyard_runtime.retry import Budget, Retries

PLACES = {"device": ("header", "X-Key"), "link": ("query", "key"), "seat": ("cookie", "seat")}
SECRETS = {"device": "d&1", "link": "l&1", "seat": "s1"}
FACTS = ContractInfo(
    package="steelyard_client", title="A", version="1.0.0", digest="", token_path="", version_path=None, sign_out=None, keys=PLACES
)


def operation(*ways: tuple[str, ...]) -> Operation[Any]:
    return Operation(package="a", key="a", name="readAny", method="GET", path="/any", parse=None, secured=True, ways=ways)


def configuration(**keys: str) -> ClientConfiguration:
    sent = {"cookie": "a=b"}
    return ClientConfiguration(
        FACTS,
        "https://a.example",
        auth=None,
        timeout=1.0,
        deadline=None,
        retries=Retries(),
        headers=sent,
        max_answer=1,
        budget=Budget(),
        watch=Notices(FACTS),
        clock=lambda: 0.0,
        keys=Keys(PLACES, keys),
    )


def test_each_key_is_sent_in_its_place_and_only_to_operations_that_take_it() -> None:
    configured = configuration(**SECRETS)

    every = configured.build(Call(operation(("device",), ("link", "seat")), "/any?a=b"))
    single = configured.build(Call(operation(("seat",)), "/any"))

    assert (every.headers["x-key"], every.headers["cookie"]) == ("d&1", "a=b; seat=s1")
    assert every.url.raw_path == b"/any?a=b&key=l%261"
    assert ("x-key" in single.headers, single.headers["cookie"], single.url.raw_path) == (False, "a=b; seat=s1", b"/any")


def test_no_key_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    configured, call = configuration(**SECRETS), Call(operation(("device", "link", "seat")), "/any")
    request = configured.build(call)

    with caplog.at_level(logging.DEBUG), httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(500))) as client:
        response = client.send(request)
    with pytest.raises(httpx.HTTPStatusError) as failure:
        response.raise_for_status()

    shown = [caplog.text, str(failure.value), repr(request), repr(request.url), configured.preview(call).to_curl(), repr(configured.keys)]
    assert not [text for text in shown if any(secret in text for secret in ("d&1", "l%261", "l&1", "s1"))], shown


def test_a_call_without_all_keys_of_an_alternative_is_not_sent() -> None:
    call = Call(operation(("oauth2", "device"), ("link", "seat")), "/any")

    with pytest.raises(errors.CredentialsMissing, match="readAny needs oauth2 and device or link and seat"):
        configuration(device="a", link="b").auth_of(call)
    assert configuration(link="a", seat="b").auth_of(call) is None


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        ("secret", "the contract has 3 kinds of API keys"),
        ({"desk": "secret"}, "has no API key 'desk'"),
        ({"device": ""}, "must be text that is not empty"),
        ({"device": "secret\n"}, "that no header can carry"),
        ({"seat": "secret; a=b"}, "that no cookie can carry"),
    ],
)
def test_unfit_keys_are_rejected_and_not_quoted(passed: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        keys_of(PLACES, passed)
    assert "secret" not in str(caught.value)


def test_a_contract_with_one_kind_of_keys_takes_a_text() -> None:
    assert "device" in keys_of({"device": ("header", "X-Key")}, "a")


def test_lists_are_repeated_or_joined() -> None:
    call = Call(
        operations.list_items, "/items", query=query(a=["x,y", "z"], b=joined(["x", "é"]), c=joined([]), d=joined(None), e=joined("xy"))
    )

    assert call.target == "/items?a=x%2Cy&a=z&b=x,%C3%A9&c=&e=xy"
    assert (segment([1, 2]), segment(["a/b"])) == ("1,2", "a%2Fb")
    assert headers(("A", [True, False]), ("B", [])) == {"A": "true, false", "B": ""}
    with pytest.raises(ValueError, match="cannot stand in a path"):
        segment([])
