"""A registered client and its user's browser, for logins with third parties."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.kit.servers.identity_providers import StubProvider
from tests.kit.servers.running import Running
from tests.kit.world.world import User

CLIENT = "shop"
REDIRECT_URI = "https://shop.example.com/callback"
PUBLIC_URL = "http://127.0.0.1:8000"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


LINK_START = {
    "provider": "stub",
    "client_id": CLIENT,
    "redirect_uri": REDIRECT_URI,
    "state": "state of the link",
    "code_challenge": challenge(VERIFIER),
}


def login_settings(*providers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Settings with these providers and the client."""
    return {
        "public_url": PUBLIC_URL,
        "login_providers": tuple(providers),
        "login_secrets": {each["id"]: "upstream-secret-of-the-tests" for each in providers},
        "oauth_clients": ({"id": CLIENT, "redirect_uris": (REDIRECT_URI, "com.example.shop:/login", "http://127.0.0.1/native")},),
        **changed,
    }


def login_variables(*providers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The same settings for a process."""
    settings = login_settings(*providers, **changed)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items()}


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address, each of which occurs once."""
    parsed = parse_qs(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in parsed.values()), address
    return {name: values[0] for name, values in parsed.items()}


@dataclass
class Browser:
    """Keeps the cookie of logins as a browser does, and follows no redirect by itself."""

    api: httpx.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, address: str) -> httpx.Response:
        """Open an address of the server."""
        parts = urlsplit(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        response = await self.api.get(target, headers=headers)
        if (line := response.headers.get("set-cookie")) is not None:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response

    async def authorize(self, **changed: str | None) -> httpx.Response:
        """Begin a login as the client does; None leaves a parameter out."""
        return await self.get(self.beginning(**changed))

    @staticmethod
    def beginning(**changed: str | None) -> str:
        """The target at which a login begins."""
        usual = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT_URI,
            "state": "state of the client",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        sent = {name: value for name, value in {**usual, **changed}.items() if value is not None}
        return f"/authorize?{httpx.QueryParams(sent)}"

    async def exchange(self, code: str, **changed: str) -> httpx.Response:
        """Exchange a code as the client does."""
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            "code": code,
            **changed,
        }
        return await self.api.post("/token", data=form)


async def returned(shop: Running, stub: StubProvider, **claims: Any) -> dict[str, str]:
    """The parameters that the client gets after a login with these claims."""
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now, **claims)))
    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")
    assert response.status_code == 303, response.text
    return query_of(response.headers["location"])


async def user_of(shop: Running, code: str) -> Any:
    """The user whom a code logs in."""
    token = (await Browser(shop.api).exchange(code)).json()["access_token"]
    return (await shop.api.as_(token).get("/users/me")).json()


async def begin_link(shop: Running, user: User, **changed: str) -> httpx.Response:
    """Begin to link an identity at the stub, as the client does for its user."""
    return await shop.api.as_(user).call("startIdentityLink", {**LINK_START, **changed})


async def code_of_link(shop: Running, stub: StubProvider, user: User, **claims: Any) -> str:
    """Begin a link, log in at the provider, and return the code that the client gets."""
    browser = Browser(shop.api)
    address = (await begin_link(shop, user)).json()["authorization_url"]
    sent = query_of((await browser.get(address)).headers["location"])
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now, **claims)))
    response = await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")
    returned = query_of(response.headers["location"])
    assert returned["state"] == "state of the link"
    return returned["code"]


async def finish_link(shop: Running, user: User, code: str, **changed: str) -> httpx.Response:
    """Exchange the code of a link as the client does for its user."""
    body = {"client_id": CLIENT, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, "code": code}
    return await shop.api.as_(user).call("finishIdentityLink", {**body, **changed})
