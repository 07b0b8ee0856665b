"""What a client may request, and where a browser is led."""

import httpx
import pytest

from tests.kit.clients.third_party_login import PUBLIC_URL, REDIRECT_URI, Browser, challenge, query_of
from tests.kit.servers.running import Running


@pytest.mark.promise("R25")
@pytest.mark.parametrize(
    "spelling",
    [
        *("https://shop.example.com/callback/", "https://shop.example.com/callback?", "https://shop.example.com/callback#x"),
        *("https://shop.example.com/callback?a=b", "https://shop.example.com//callback", "https://shop.example.com/./callback"),
        *("https://shop.example.com/x/../callback", "https://shop.example.com/callback/..", "https://shop.example.com/%63allback"),
        *("https://SHOP.example.com/callback", "HTTPS://shop.example.com/callback", "https://shop.example.com/Callback"),
        *("https://shop.example.com:443/callback", "https://shop.example.com:8443/callback", "http://shop.example.com/callback"),
        *(
            "https://shop.example.com./callback",
            "https://shop.example.com@attacker.example/callback",
            "https://a@shop.example.com/callback",
        ),
        *("https://attacker.example/?https://shop.example.com/callback", "https://shop.example.com.attacker.example/callback"),
        *("https://shop.example.com\\@attacker.example/callback", "//shop.example.com/callback", "/callback", "shop.example.com/callback"),
        *("https:/shop.example.com/callback", "https:shop.example.com/callback", "javascript:alert(1)", "data:text/html,x", ""),
        *("https://xn--shp-sna.example.com/callback", "https://sh\u043ep.example.com/callback", "https://shop.example.com/callback "),
        *(" https://shop.example.com/callback", "https://shop.example.com/callback\n", "https://shop.example.com/callback%00"),
        *("http://127.0.0.1/native/", "http://127.0.0.1:0/native", "http://127.0.0.1:65536/native", "http://localhost/native"),
        *("http://127.0.0.1:80a/native", "http://127.0.0.1@attacker.example/native", "http://127.0.0.2/native", "https://127.0.0.1/native"),
        *("com.example.shop:/login2", "com.example.shop://login", "http://[::1]/native"),
    ],
)
async def test_another_spelling_of_a_redirect_uri_is_no_redirect(spelling: str, shop: Running) -> None:
    response = await Browser(shop.api).authorize(redirect_uri=spelling)

    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-redirect-uri")
    assert "location" not in response.headers


@pytest.mark.parametrize("address", ["com.example.shop:/login", "http://127.0.0.1/native", "http://127.0.0.1:49152/native"])
async def test_native_apps_have_their_scheme_or_any_port(address: str, shop: Running) -> None:
    response = await Browser(shop.api).authorize(redirect_uri=address, provider="stub")

    assert response.status_code == 303


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"provider": "unknown"}, "invalid_request"),
        ({"prompt": "none"}, "invalid_request"),
    ],
)
async def test_a_wrong_request_goes_back_to_the_client(changed: dict[str, str | None], error: str, shop: Running) -> None:
    response = await Browser(shop.api).authorize(**{"provider": "stub", **changed})

    parameters = query_of(response.headers["location"])
    assert response.headers["location"].startswith(REDIRECT_URI + "?")
    assert (parameters["error"], parameters["state"], parameters["iss"]) == (error, "state of the client", PUBLIC_URL)


async def test_the_user_chooses_among_several_providers(shop: Running) -> None:
    response = await Browser(shop.api).authorize()

    assert response.headers["location"].startswith("/login?response_type=code&client_id=shop")


async def test_unknown_parameters_are_ignored_and_repeated_ones_are_not(shop: Running) -> None:
    assert (await shop.api.get("/authorize?client_id=shop&hd=example.com")).json()["type"] == "/problems/invalid-redirect-uri"
    assert (await shop.api.get("/authorize?client_id=shop&client_id=shop")).status_code == 422


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_no_page_of_the_login_is_cached_or_refers_to_another(shop: Running) -> None:
    response: httpx.Response = await Browser(shop.api).authorize(provider="stub")

    assert (response.headers["cache-control"], response.headers["referrer-policy"]) == ("no-store", "no-referrer")
