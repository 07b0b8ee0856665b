"""Calls to identity providers: https without redirects and proxies, within 8 seconds and 256 KiB, 20 at once.

The only importer of `authlib`.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from steelyard.security.identity_providers.provider import IdentityRejected, ProviderRequest, ProviderUnavailable
from steelyard.settings.login_providers import is_loopback

MAX_BYTES = 262_144
# Each step of a call, and all calls of one step of a login together, in seconds.
STEP_TIMEOUT_S = 5
DEADLINE_S = 8
MAX_AT_ONCE = 20


def authorization_url(endpoint: str, client_id: str, scope: str, request: ProviderRequest, **parameters: str) -> str:
    """Where a browser logs in at a provider."""
    return str(
        prepare_grant_uri(
            endpoint,
            client_id=client_id,
            response_type="code",
            redirect_uri=request.redirect_uri,
            scope=scope,
            state=request.state,
            code_challenge=create_s256_code_challenge(request.code_verifier),
            code_challenge_method="S256",
            **parameters,
        )
    )


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BYTES:
                raise ProviderUnavailable(f"a response of more than {MAX_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _BoundedTransport(httpx2.AsyncHTTPTransport):
    """Stops a response that is too large. A compressed one could become any size, so it is not read."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise ProviderUnavailable("a compressed response")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(response.stream)
        return response


@asynccontextmanager
async def deadline() -> AsyncIterator[None]:
    """The time of all calls in one step of a login together. Raises ProviderUnavailable when it is up."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield
    except TimeoutError:
        raise ProviderUnavailable("no response in time") from None


class Connections:
    """Opens clients for the calls of logins; one object for all providers of a process."""

    def __init__(self) -> None:
        self._open = 0

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Reading the certificates of all authorities holds up the loop for longer than a whole login takes, so it happens once.
        return httpx2.create_ssl_context()

    @asynccontextmanager
    async def client(self, client_id: str, secret: str, *, auth_method: str = "client_secret_basic") -> AsyncIterator["ProviderClient"]:
        """A client for a few calls, closed at the end. Raises ProviderUnavailable if 20 are open or time is up."""
        if self._open >= MAX_AT_ONCE:
            raise ProviderUnavailable("too many logins at once")
        self._open += 1
        try:
            async with (
                deadline(),
                AsyncOAuth2Client(
                    client_id,
                    secret,
                    token_endpoint_auth_method=auth_method,
                    code_challenge_method="S256",
                    transport=_BoundedTransport(verify=self._tls),
                    trust_env=False,
                    follow_redirects=False,
                    timeout=STEP_TIMEOUT_S,
                    headers={"Accept-Encoding": "identity", "User-Agent": "steelyard"},
                ) as client,
            ):
                yield ProviderClient(client)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from None
        finally:
            self._open -= 1


class ProviderClient:
    """Calls to one provider."""

    def __init__(self, client: AsyncOAuth2Client) -> None:
        self._client = client

    async def get_json(self, url: str, *, bearer: str | None = None) -> Any:
        """The JSON at a URL."""
        _check_scheme(url)
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
        response = await self._client.request("GET", url, withhold_token=True, headers=headers)
        if response.status_code != 200:
            raise ProviderUnavailable(f"status {response.status_code}")
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            raise ProviderUnavailable("a response that is not JSON") from None

    async def fetch_token(self, url: str, *, code: str, redirect_uri: str, code_verifier: str) -> dict[str, Any]:
        """The tokens for a code. Raises IdentityRejected if the provider does not know the code."""
        _check_scheme(url)
        try:
            token = await self._client.fetch_token(
                url, grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=code_verifier
            )
        except OAuthError as error:
            # Its description is the provider's text, so only a known code is repeated.
            raise IdentityRejected("the provider rejected the code" if error.error == "invalid_grant" else "no token") from None
        except httpx2.HTTPError:
            raise
        except (ValueError, RecursionError, TypeError, AttributeError, LookupError):
            raise ProviderUnavailable("a token response that is not JSON") from None
        return dict(token)


def _check_scheme(url: str) -> None:
    if not url.startswith("https://") and not is_loopback(url):
        raise ProviderUnavailable("an address without https")
