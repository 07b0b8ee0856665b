"""Secrets stay secret: unique values in every secret field, errors of every kind, and a search through all output of the server."""

import resource
import secrets
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from steelyard.contract.document import Document
from steelyard.settings import variable
from steelyard.settings.database_urls import sqlite_path
from tests.kit.servers.collectors import Collector, collector
from tests.kit.servers.processes import Process, steelyard
from tests.kit.servers.valkeys import Valkey, valkey

# The secrets of the contract. Each is used below.
SECRET_FIELDS = {
    "UserCreate.password",
    "ChangePassword.current_password",
    "ChangePassword.new_password",
    "TokenRequest.password",
    "TokenRequest.refresh_token",
    "TokenRequest.client_secret",
    "TokenRequest.code",
    "TokenRequest.code_verifier",
    "Token.access_token",
    "Token.refresh_token",
    "ApiKeyCreated.secret",
    "IdentityLink.authorization_url",
    "IdentityLinkCode.code",
    "IdentityLinkCode.code_verifier",
    "EmailVerification.token",
    "PasswordReset.token",
    "PasswordReset.new_password",
}


# No secret, but a caller's: logs and spans have no values.
SEARCH_TEXT = "Canary-of-a-search"


def secret_fields(node: Any, name: str = "") -> Iterator[str]:
    """Schema and member of each secret of the contract."""
    for member, schema in node.get("properties", {}).items():
        if schema.get("format") == "password" or schema.get("writeOnly") or schema.get("x-secret"):
            yield f"{name}.{member}"


def test_each_secret_of_the_contract_is_used_here() -> None:
    schemas = Document.load().tree["components"]["schemas"]

    assert {each for name, schema in schemas.items() for each in secret_fields(schema, name)} == SECRET_FIELDS


@dataclass
class Canaries:
    """Unique values, by their use."""

    values: dict[str, str] = field(default_factory=dict)

    def new(self, use: str) -> str:
        value = self.values[f"{use} {len(self.values)}"] = f"Canary-{secrets.token_urlsafe(24)}"
        return value

    def keep(self, use: str, value: str) -> str:
        self.values[f"{use} {len(self.values)}"] = value
        return value

    def seen_in(self, text: str) -> list[str]:
        return [use for use, value in self.values.items() if value in text]


@dataclass
class Traffic:
    """Requests of a careless client, and the responses that must be free of secrets."""

    client: httpx.AsyncClient
    canaries: Canaries
    outputs: list[tuple[str, str]] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    async def send(self, method: str, path: str, *, issues_tokens: bool = False, **options: Any) -> httpx.Response:
        response = await self.client.request(method, path, **options)
        self.statuses.add(response.status_code)
        body = "" if issues_tokens and response.is_success else response.text
        self.outputs.append((f"{method} {path.partition('?')[0]} {response.status_code}", f"{response.headers!r} {body}"))
        return response

    async def register(self, email: str, password: object) -> httpx.Response:
        return await self.send("POST", "/users", json={"name": "Eve", "email": email, "password": password})

    async def log_in(self, **form: str) -> dict[str, str]:
        response = await self.send("POST", "/token", issues_tokens=True, data=form)
        if response.status_code != 200:
            return {}
        issued = response.json()
        return {name: self.canaries.keep(name, issued[name]) for name in ("access_token", "refresh_token")}


async def use_key(traffic: Traffic, caller: dict[str, str]) -> None:
    """Make an API key, have its response repeated, use it, and send it in wrong places."""
    body = {"name": "Robot", "scopes": ["account:read"]}
    headers = {**caller, "idempotency-key": "once"}
    made = [await traffic.send("POST", "/credentials", issues_tokens=True, json=body, headers=headers) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    key = traffic.canaries.keep("secret", made[0].json()["secret"])
    for form in (f"Bearer {key}", f"Bearer {key}x", f"Bearer syk_{traffic.canaries.new('key')[:43]}", key):
        await traffic.send("GET", "/users/me", headers={"authorization": form})
    await traffic.send("GET", "/credentials", headers=caller)
    await traffic.send("GET", f"/credentials?cursor={key}", headers=caller)
    await traffic.send("POST", "/credentials", json={"name": key, "scopes": [key]}, headers=caller)
    await traffic.send("DELETE", f"/credentials/{key}", headers=caller)


async def accounts(traffic: Traffic) -> None:
    """Send every secret: right, wrong, too long, with another type, twice, and in a wrong place."""
    new = traffic.canaries.new
    password = new("password")
    await traffic.register("eve@example.com", password)
    await traffic.register("eve@example.com", password)
    await traffic.register("eve2@example.com", new("password") * 10)
    await traffic.register("eve2@example.com", new("password") + "\0")
    await traffic.register("eve2@example.com", [new("password")])
    await traffic.register("eve2@example.com", {new("password"): new("password")})
    await traffic.send("POST", "/users", json={"name": "Eve", "email": "x", "password": new("password"), "passwort": new("password")})
    await traffic.send("POST", "/users", content=f'{{"password": "{new("password")}", "password": "{new("password")}"}}'.encode())
    await traffic.send("POST", "/users", content=f'{{"password": "{new("password")}'.encode())
    await traffic.send("POST", f"/users?password={new('password')}", json={})

    await traffic.log_in(username="eve@example.com", password=new("password"))
    await traffic.log_in(username="eve@example.com", password=new("password"), client_secret=new("client_secret"))
    await traffic.log_in(username=new("password"), password=new("password"))
    await traffic.log_in(grant_type="refresh_token", refresh_token=new("refresh_token"))
    for client in ("steelyard-cli", "unregistered"):
        exchange = {
            "client_id": client,
            "redirect_uri": "http://127.0.0.1/callback",
            "code": new("code"),
            "code_verifier": new("verifier") * 2,
        }
        await traffic.log_in(grant_type="authorization_code", **exchange)
    await traffic.send("GET", f"/authorize?client_id=steelyard-cli&state={new('state')}&code_challenge={new('challenge')}")
    await traffic.send("GET", f"/login/example/callback?code={new('code')}&state={new('state')}&error={new('error')}")
    await traffic.log_in(grant_type="nonsense", refresh_token=new("refresh_token"), password=new("password"))
    first = await traffic.log_in(username="eve@example.com", password=password)
    second = await traffic.log_in(grant_type="refresh_token", refresh_token=first["refresh_token"])
    await traffic.log_in(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert second
    third = await traffic.log_in(username="eve@example.com", password=password)

    caller = {"authorization": f"Bearer {third['access_token']}"}
    for changes in (
        {"current_password": new("password"), "new_password": new("password")},
        {"current_password": [new("password")], "new_password": new("password") + "\0"},
        {"current_password": password, "new_password": password},
        {"current_password": password, "new_password": new("password")},
    ):
        await traffic.send("PUT", "/users/me/password", json=changes, headers=caller)
        await traffic.send("POST", "/users/me/password", json=changes, headers=caller)
    await traffic.send("GET", "/users/me", headers=caller)
    await use_key(traffic, caller)
    link = {"client_id": "steelyard-cli", "redirect_uri": "http://127.0.0.1/callback"}
    for code in (new("code"), [new("code")]):
        await traffic.send(
            "POST", "/users/me/identities", headers=caller, json={**link, "code": code, "code_verifier": new("verifier") * 2}
        )
    await traffic.send(
        "POST", "/users/me/identity-links", headers=caller, json={**link, "provider": "no", "code_challenge": new("challenge")}
    )
    await traffic.send("GET", f"/authorize?link=syl_{new('link')}")
    for token in ("sym_" + new("token")[:43], [new("token")], new("token")):
        await traffic.send("POST", "/email-verifications/confirm", json={"token": token})
        await traffic.send("POST", "/password-resets/confirm", json={"token": token, "new_password": new("password")})
    await traffic.send("POST", "/password-resets", json={"email": "eve@example.com", "token": new("token")})
    await traffic.send("GET", f"/users/me?access_token={third['access_token']}")
    await traffic.send("GET", f"/{third['access_token']}")
    await traffic.send("GET", "/items?cursor=" + new("cursor"))
    await traffic.send("GET", "/items?q=" + SEARCH_TEXT)
    for form in (f"Bearer {third['access_token']}x", f"Bearer {new('access_token')}", f"Basic {new('password')}", new("access_token")):
        await traffic.send("GET", "/users/me", headers={"authorization": form})


@asynccontextmanager
async def broken(url: str, server: Process, canaries: Canaries) -> AsyncIterator[None]:
    """Make registrations fail with an error that quotes a secret, and cut connections."""
    quoted = canaries.new("text of a driver")
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url), isolation_level=None)) as file:
            file.execute(f"CREATE TRIGGER broken BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, '{quoted}'); END")
        yield
        with closing(sqlite3.connect(sqlite_path(url), isolation_level=None)) as file:
            file.execute("DROP TRIGGER broken")
        if sys.platform == "linux":
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        return
    session = await asyncpg.connect(url)
    await session.execute(
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE 'XX000' "
        f"USING MESSAGE = '{quoted}' || NEW.hashed_password, DETAIL = '{quoted}'; END $$;"
        "CREATE TRIGGER broken BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION broken()"
    )
    yield
    await session.execute("DROP TRIGGER broken ON users")
    await session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'steelyard'")
    await session.close()


async def hashes(url: str) -> list[str]:
    """The stored hashes of passwords."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url), isolation_level=None)) as file:
            return [value for (value,) in file.execute("SELECT hashed_password FROM users")]
    session = await asyncpg.connect(url)
    stored = [row[0] for row in await session.fetch("SELECT hashed_password FROM users")]
    await session.close()
    return stored


def variables(settings: dict[str, str]) -> dict[str, str]:
    return {variable(name): value for name, value in settings.items()}


@pytest.fixture
def cache() -> Iterator[Valkey]:
    with valkey() as server:
        yield server


@pytest.fixture
def spans() -> Iterator[Collector]:
    with collector() as running:
        yield running


@pytest.mark.promise("R18")
async def test_no_secret_leaves_the_server(database_url: str, cache: Valkey, spans: Collector, tmp_path: Path) -> None:
    canaries = Canaries()
    metrics_token = canaries.new("metrics token")
    outputs: list[tuple[str, str]] = []
    url = database_url.replace("steelyard@", f"steelyard:{canaries.new('password of the database')}@")
    settings: dict[str, Any] = {
        "database_url": url,
        "secret_keys": f"{canaries.new('key')},{canaries.new('key')}",
        "metrics_token": metrics_token,
        "mail": "file",
        "mail_folder": str(tmp_path / "mail"),
        "audit_log": str(tmp_path / "audit.log"),
        "embedded_worker": "true",
        "redis_url": cache.url_with(canaries.new("wrong password of Valkey")),
        "rate_default_per_minute": "1000000",
        "rate_register_per_minute": "1000000",
        "otlp_url": spans.url,
        "trace_sample": "1",
        "log_level": "debug",
        "debug": "true",
    }

    async with steelyard("serve", "--port", "0", folder=tmp_path, environment=variables(settings)) as server:
        async with httpx.AsyncClient(base_url=await server.ready(), timeout=20) as client:
            traffic = Traffic(client, canaries, outputs)
            await accounts(traffic)
            async with broken(database_url, server, canaries):
                await traffic.register("eve3@example.com", canaries.new("password"))
            await traffic.register("eve4@example.com", canaries.new("password"))
            metrics = await traffic.send("GET", "/metrics", headers={"authorization": f"Bearer {metrics_token}"})
            await traffic.send("GET", "/metrics", headers={"authorization": f"Bearer {canaries.new('metrics token')}"})
        server.signal(signal.SIGTERM)
        await server.ended()
        outputs.append(("output", "".join(server.printed)))
        outputs.append(("spans", b"".join(spans.raw).decode("latin-1")))
    for name, value in {
        "database_url": url.replace("127.0.0.1", "localhost") + "?nonsense=1",
        "secret_keys": canaries.new("key")[:20],
        "redis_url": f"redis://{canaries.new('password of Valkey')}@localhost",
    }.items():
        async with steelyard("migrate", folder=tmp_path, environment=variables(settings | {name: value})) as rejected:
            assert await rejected.ended() == 1
            outputs.append((f"rejected {name}", "".join(rejected.printed)))
    outputs += [(path.name, path.read_text()) for path in (tmp_path / "audit.log", *(tmp_path / "mail").iterdir())]
    for stored in await hashes(database_url):
        canaries.keep("hash", stored)

    assert metrics.status_code == 200
    assert any("cache_lost" in text for _, text in outputs)
    assert traffic.statuses >= {200, 201, 400, 401, 404, 422, 500}
    assert {"output", "spans", "audit.log"} <= {where for where, _ in outputs}
    assert {"createUser", "issueToken", "listItems"} <= {span.name for span in spans.spans}
    for text in (text for where, text in outputs if where in {"output", "spans"}):
        assert [personal for personal in ("@example.com", SEARCH_TEXT, "Eve") if personal in text] == []
    assert any(where.endswith(".eml") for where, _ in outputs)
    assert len(canaries.values) > 40
    assert [(where, canaries.seen_in(text)) for where, text in outputs if canaries.seen_in(text)] == []
