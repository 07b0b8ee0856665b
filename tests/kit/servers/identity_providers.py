"""Identity providers on loopback ports: nanoidp, a real one, and a stub whose every response a test decides."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

from tests.kit.servers.children import die_with_parent, free_port

CLIENT_ID, CLIENT_SECRET = "steelyard", "upstream-secret-of-the-tests"
USERS = {"alice": "wonderland", "bob": "buildings", "grace": "compilers"}
_TRANSACTION = re.compile(r'name="transaction_id" value="([^"]+)"')


@dataclass(frozen=True)
class NanoIdp:
    """A running nanoidp."""

    id: str
    issuer: str

    @property
    def settings(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.id.capitalize(), "issuer": self.issuer, "client_id": CLIENT_ID}

    async def log_in(self, address: str, user: str = "alice") -> str:
        """Log in on the provider's page like a browser; return the address to which it leads back."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(address)
            match = _TRANSACTION.search(page.text)
            assert match is not None, page.text
            form = {"transaction_id": match[1], "username": user, "password": USERS[user]}
            response = await browser.post(f"{self.issuer}/authorize", data=form)
        assert response.status_code in (302, 303), response.text
        return response.headers["location"]


@contextmanager
def nanoidp(folder: Path, provider_id: str) -> Iterator[NanoIdp]:
    """nanoidp with the rules of OAuth 2.1. It accepts any port of the callback."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    callback = f"http://127.0.0.1/login/{provider_id}/callback"
    oauth = {
        "issuer": issuer,
        "audience": "market",
        "clients": [{"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [callback]}],
    }
    accounts = {name: {"password": password, "email": f"{name}@example.com", "roles": ["USER"]} for name, password in USERS.items()}
    folder.mkdir()
    (folder / "settings.yaml").write_text(
        yaml.safe_dump({"config_version": 1, "server": {"host": "127.0.0.1", "port": port}, "oauth": oauth})
    )
    (folder / "users.yaml").write_text(yaml.safe_dump({"config_version": 1, "users": accounts}))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nanoidp", "--port", str(port), "--config", str(folder), "--profile", "oauth21"],
            cwd=folder,  # where it makes its keys
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509  # one prctl call; no thread that holds a lock is forked
        )
    try:
        _wait_for(issuer, process, folder / "log")
        yield NanoIdp(provider_id, issuer)
    finally:
        process.kill()
        process.wait(10)


def _wait_for(issuer: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(trust_env=False, transport=transport) as client:
        while process.poll() is None:
            try:
                client.get(f"{issuer}/health")
            except httpx.ConnectError:
                threading.Event().wait(0.05)
            else:
                return
    raise RuntimeError(f"nanoidp did not start: {log.read_text()}")


# A page of the stub: its JSON, or a function from the request (form or query) to status and JSON.
Page = Any
Respond = Callable[[Mapping[str, str]], tuple[int, Any]]


@dataclass
class StubProvider:
    """An OpenID provider and a GitHub in one. `pages` has the response of each path; a test replaces them."""

    issuer: str
    key: RSAKey
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """Path and headers of each request, in their order."""

    @property
    def port(self) -> int:
        port = urlsplit(self.issuer).port
        assert port is not None, "the stub has chosen a free one"
        return port

    def announce(self, issuer: str) -> None:
        """Have this address from now on: that of a proxy in front of it."""
        self.issuer = issuer
        self.pages["/.well-known/openid-configuration"] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
        }

    def settings(self, provider_id: str = "stub", **changed: Any) -> dict[str, Any]:
        return {"id": provider_id, "name": "Stub", "issuer": self.issuer, "client_id": CLIENT_ID, **changed}

    def claims(self, nonce: str, now: datetime, /, **changed: Any) -> dict[str, Any]:
        """The claims of a good ID token; None leaves one out."""
        moment = int(now.timestamp())
        good = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "4711",
            "exp": moment + 300,
            "iat": moment,
            "nonce": nonce,
            "email": "carol@example.com",
            "email_verified": True,
            "name": "Carol Stone",
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def sign(self, claims: Mapping[str, Any], *, key: Key | None = None, algorithm: str = "RS256", **header: Any) -> str:
        kid = {"kid": self.key.kid} if "kid" not in header else {}
        return jwt.encode({"alg": algorithm, **kid, **header}, dict(claims), key or self.key, algorithms=[algorithm])

    def respond_with(self, id_token: str) -> None:
        """What /token responds from now on."""
        self.pages["/token"] = {"access_token": "upstream", "token_type": "Bearer", "id_token": id_token}


@contextmanager
def stub_provider() -> Iterator[StubProvider]:
    """A stub on a free port, which responds like a good provider until a test changes it."""
    stub = StubProvider("", RSAKey.generate_key(2048, {"kid": "stub-1", "use": "sig"}, auto_kid=True))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def _respond(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            stub.requests.append((path, dict(self.headers.items())))
            page = stub.pages.get(path, (404, {}))
            if callable(page):
                page = page(dict(httpx.QueryParams(body or query)))
            status, value = page if isinstance(page, tuple) else (200, page)
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", json.loads(content))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.pages["/jwks"] = {"keys": [stub.key.as_dict(private=False)]}
    stub.announce(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
