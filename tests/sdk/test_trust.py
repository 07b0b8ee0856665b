"""The SDK trusts the same certificate authorities as httpx, and loads them at the first handshake."""

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from steelyard_client import AsyncSteelyard, Steelyard, errors
from steelyard_runtime.http import tls_context
from tests.kit.servers.certificates import for_localhost
from tests.sdk.kit import AT_ONCE, EXAMPLES
from tests.sdk.loopback import Loopback, loopback

ITEM = json.dumps(EXAMPLES["get_item"]).encode()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return for_localhost(tmp_path)


@pytest.fixture
def server(certificate: Path) -> Iterator[Loopback]:
    """A server that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with loopback(lambda *_: (200, ITEM, {})) as plain:
        plain.socket = context.wrap_socket(plain.socket, server_side=True)
        yield plain


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Each test loads the certificate authorities itself."""
    tls_context.cache_clear()
    yield
    tls_context.cache_clear()


def address(server: Loopback) -> str:
    return f"https://localhost:{server.server_address[1]}"


async def test_an_untrusted_certificate_raises_and_no_request_is_sent(server: Loopback) -> None:
    with (
        Steelyard(address(server), token="t", retries=AT_ONCE) as client,
        pytest.raises(errors.ConnectionFailed, match="CERTIFICATE") as raised,
    ):
        client.users.get_current()
    async with AsyncSteelyard(address(server), token="t", retries=AT_ONCE) as client_of_tasks:
        with pytest.raises(errors.ConnectionFailed, match="CERTIFICATE"):
            await client_of_tasks.users.get_current()

    assert not raised.value.sent
    assert server.requests == []


async def test_a_certificate_that_the_environment_names_is_trusted(
    server: Loopback, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with Steelyard(address(server)) as client:
        assert client.items.get(7).id == 7
    async with AsyncSteelyard(address(server)) as client_of_tasks:
        assert (await client_of_tasks.items.get(7)).id == 7


def test_no_authority_is_trusted_before_the_first_handshake() -> None:
    context = tls_context()

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.get_ca_certs() == []
    assert "certificates" not in vars(context)
