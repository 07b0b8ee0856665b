"""Forged ID tokens, hostile metadata, and providers that fail: none of them is a login, and none of them delays others."""

import asyncio
import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import bindparam, func, select

from steelyard.db.statements import statement
from steelyard.security.identity_providers import connection, oidc
from steelyard.tables.identities import login_flows
from tests.kit.clients.third_party_login import Browser, query_of, returned
from tests.kit.servers.identity_providers import CLIENT_ID, StubProvider
from tests.kit.servers.running import Running

count_flows = statement(select(func.count()).select_from(login_flows).where(login_flows.c.provider == bindparam("provider")), int)


def signed_with_text(claims: dict[str, Any], key: bytes) -> str:
    """An HS256 token: libraries refuse to make one with a public key."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims)]
    signature = urlsafe_b64encode(hmac.digest(key, b".".join(parts), "sha256")).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


FORGED: dict[str, Any] = {
    "another issuer": {"iss": "https://attacker.example"},
    "the issuer with a slash": lambda stub: {"iss": f"{stub.issuer}/"},
    "another audience": {"aud": "another-client"},
    "another audience in a list": {"aud": ["another-client"]},
    "a foreign party": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "several audiences without a party": {"aud": [CLIENT_ID, "another"]},
    "a foreign party for our audience": {"azp": "another"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1_000_000_000},
    "no expiry": {"exp": None},
    "an expiry that is true": {"exp": True},
    "issued long ago": {"iat": 1_000_000_000},
    "no time of issue": {"iat": None},
    "issued in the future": {"iat": 9_000_000_000},
    "no subject": {"sub": None},
    "a subject that is a number": {"sub": 4711},
    "a long subject": {"sub": "x" * 256},
}


@pytest.mark.promise("R25")
@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_wrong_claim_is_rejected(name: str, shop: Running, stub: StubProvider) -> None:
    claims = FORGED[name](stub) if callable(FORGED[name]) else FORGED[name]

    assert (await returned(shop, stub, **claims))["error"] == "access_denied"


@pytest.mark.promise("R25")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("forgery", ["alg none", "HS256 with the public key", "another key", "its own key", "ES256", "garbage", "no token"])
async def test_a_forged_signature_is_rejected(forgery: str, shop: Running, stub: StubProvider) -> None:
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    claims = stub.claims(sent["nonce"], shop.clock.now)
    stranger = RSAKey.generate_key(2048, {"kid": str(stub.key.kid)})
    public = stub.key.as_pem(private=False)
    unsigned = stub.sign(claims).split(".")
    other_kind = ECKey.generate_key("P-256")
    tokens: dict[str, Callable[[], str]] = {
        "alg none": lambda: "eyJhbGciOiJub25lIn0." + unsigned[1] + ".",
        "HS256 with the public key": lambda: signed_with_text(claims, public),
        "another key": lambda: stub.sign(claims, key=stranger),
        "its own key": lambda: stub.sign(claims, key=stranger, jwk=stranger.as_dict(private=False)),
        "ES256": lambda: stub.sign(claims, key=other_kind, algorithm="ES256"),
        "garbage": lambda: "a.b.c",
        "no token": lambda: "",
    }
    stub.respond_with(tokens[forgery]())

    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")

    assert query_of(response.headers["location"])["error"] == "access_denied"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_an_unknown_key_is_looked_up_once_a_minute(shop: Running, stub: StubProvider) -> None:
    await returned(shop, stub)
    for _ in range(3):
        browser = Browser(shop.api)
        sent = query_of((await browser.authorize(provider="stub")).headers["location"])
        stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now), kid="unknown"))
        response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")
        assert query_of(response.headers["location"])["error"] == "access_denied"

    assert [path for path, _ in stub.requests].count("/jwks") == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://attacker.example"}, "another issuer"),
        ({"token_endpoint": "http://169.254.169.254/token"}, "not https"),
        ({"jwks_uri": "file:///etc/passwd"}, "not https"),
        ({"token_endpoint": 5}, "no address"),
    ],
)
async def test_hostile_metadata_leads_to_no_request(document: dict[str, Any], reason: str, shop: Running, stub: StubProvider) -> None:
    stub.pages["/.well-known/openid-configuration"] |= document
    browser = Browser(shop.api)

    response = await browser.authorize(provider="stub")
    if response.headers["location"].startswith(stub.issuer):
        sent = query_of(response.headers["location"])
        stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))
        response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")

    assert query_of(response.headers["location"])["error"] == "temporarily_unavailable", reason


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "page", [(302, "http://127.0.0.1:1/"), (500, {}), (200, b"{"), (200, [1]), (200, b"x" * 300_000), (200, b"[" * 100_000)]
)
async def test_a_provider_that_fails_is_unavailable(page: Any, shop: Running, stub: StubProvider) -> None:
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    stub.pages["/token"] = page

    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")

    assert query_of(response.headers["location"])["error"] in ("temporarily_unavailable", "access_denied")


@pytest.mark.promise("R25")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_silent_provider_delays_no_other_request(shop: Running, stub: StubProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "DEADLINE_S", 0.3)
    monkeypatch.setattr(connection, "MAX_AT_ONCE", 1)
    released = asyncio.Event()
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    def stand_still(_: object) -> tuple[int, Any]:
        loop.call_soon_threadsafe(arrived.set)
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result(10)
        return 200, {}

    stub.pages["/.well-known/openid-configuration"] = stand_still

    waiting = asyncio.create_task(Browser(shop.api).authorize(provider="stub"))
    await arrived.wait()
    full = await Browser(shop.api).authorize(provider="stub")
    other = await shop.api.get("/health")

    assert not waiting.done()
    assert (query_of(full.headers["location"])["error"], other.status_code) == ("temporarily_unavailable", 200)
    assert query_of((await waiting).headers["location"])["error"] == "temporarily_unavailable"
    released.set()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_the_calls_of_one_step_share_a_deadline(shop: Running, stub: StubProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metadata that are old and tokens come in time each, and not together."""
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    monkeypatch.setattr(connection, "DEADLINE_S", 1)
    monkeypatch.setattr(oidc, "METADATA_MAX_AGE_S", 0)
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))

    def late(page: Any) -> Callable[[object], tuple[int, Any]]:
        def respond(_: object) -> tuple[int, Any]:
            threading.Event().wait(0.6)
            return 200, page

        return respond

    for path in ("/.well-known/openid-configuration", "/token"):
        stub.pages[path] = late(stub.pages[path])

    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")

    assert query_of(response.headers["location"])["error"] == "temporarily_unavailable"


@pytest.mark.parametrize("overrides", [{"rate_limits": True}])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_one_address_can_begin_twenty_logins_a_minute(shop: Running) -> None:
    responses = [await Browser(shop.api).authorize(provider="hub") for _ in range(60)]

    assert [response.status_code for response in responses].count(303) == 20
    assert await shop.world.database.read().scalar(count_flows, provider="hub") == 20


async def test_a_provider_that_announces_its_issuer_has_to_send_it(shop: Running, stub: StubProvider) -> None:
    stub.pages["/.well-known/openid-configuration"]["authorization_response_iss_parameter_supported"] = True
    for issuer, is_accepted in (("", False), ("&iss=https://attacker.example", False), (f"&iss={stub.issuer}", True)):
        browser = Browser(shop.api)
        sent = query_of((await browser.authorize(provider="stub")).headers["location"])
        stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))

        response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}{issuer}")

        assert ("code" in query_of(response.headers["location"])) == is_accepted
