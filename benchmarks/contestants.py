"""Who takes part: how each is started, and what it needs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.figures import BEFORE
from benchmarks.sources import APT, ENVIRONMENT, GO, HERE, NODE, NODE_PROGRAM, NPM, OURS, PGO, PGO_ENVIRONMENT, PIP, PYTHON, Source
from steelyard.settings import variable
from tests.kit.servers.short_cuts import SHARING, SHORT_CUTS

# As many connections to PostgreSQL as suit one process on one core; the guide's idiom keeps the guide's 20 + 10.
POOL = "16"


@dataclass(frozen=True)
class Contestant:
    """A server with the four operations. `{port}`, `{database}` and `{secret}` are filled in at start."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = HERE
    source: Source = OURS
    # Installed from the source; the report shows their versions.
    packages: tuple[str, ...] = ()
    # A command that prints the version of what runs it.
    runtime: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    def absent(self) -> list[str]:
        """The packages that are not installed."""
        return [package for package in self.packages if self.source.version(package) is None]

    def how_to_get(self) -> str:
        """The command that installs all packages of this contestant."""
        return " ".join([self.source.command, *self.packages]) if self.source is APT else self.source.command

    def prepare(self) -> str | None:
        """Build the server if its language requires that. The reason why it cannot take part, or None."""
        if absent := self.absent():
            return f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} absent"
        if self.build:
            if shutil.which(self.build[0]) is None:
                return f"{self.build[0]} is absent"
            built = subprocess.run(
                self.build, cwd=self.folder, env=os.environ | self.environment, capture_output=True, text=True, check=False
            )
            if built.returncode:
                return f"`{' '.join(self.build)}` failed: {built.stderr.strip()[-500:]}"
        return None

    def versions(self) -> dict[str, str]:
        """Those of the packages, and of what runs them."""
        versions = {package: self.source.version(package) or "absent" for package in self.packages}
        if self.runtime:
            shown = subprocess.run(self.runtime, capture_output=True, text=True, check=True).stdout.strip()
            versions = {Path(self.runtime[0]).name: shown.removeprefix("go version ").removeprefix("Python ")} | versions
        return versions


def _uvicorn(module: str) -> tuple[str, ...]:
    options = ("--host", "127.0.0.1", "--port", "{port}", "--log-level", "error", "--no-access-log")
    return (_PEERS_PYTHON, "-m", "uvicorn", f"{module}:app", *options)


def _gunicorn(module: str) -> tuple[str, ...]:
    options = ("--worker-class", "gthread", "--workers", "1", "--threads", POOL, "--log-level", "error", "--bind", "127.0.0.1:{port}")
    return (_PEERS_PYTHON, "-m", "gunicorn", *options, f"{module}:app")


_PEERS_PYTHON = str(ENVIRONMENT / "bin" / "python")
_PEER = {"DATABASE_URL": "{database}", "SECRET_KEY": "{secret}", "POOL": POOL}


def _python(name: str, title: str, command: tuple[str, ...], packages: tuple[str, ...], **environment: str) -> Contestant:
    """A peer in peers/python."""
    return Contestant(name, title, command, _PEER | environment, PYTHON, PIP, packages, (_PEERS_PYTHON, "--version"))


STEELYARD = Contestant(
    "steelyard",
    "**Steelyard**",
    (sys.executable, "-m", "steelyard", "serve", "--port", "{port}", "--workers", "1"),
    {
        "STEELYARD_ENVIRONMENT": "production",
        "STEELYARD_DATABASE_URL": "{database}",
        "STEELYARD_SECRET_KEYS": "{secret}",
        "STEELYARD_TRUSTED_HOSTS": "127.0.0.1",
        "STEELYARD_MAIL": "file",
        "STEELYARD_CORS_ORIGINS": "https://shop.example.com",
        "STEELYARD_POOL_SIZE": POOL,
        "STEELYARD_POOL_OVERFLOW": "0",
        # Limits are counted as always; these are never reached.
        "STEELYARD_RATE_DEFAULT_PER_MINUTE": "1000000",
        # All connections come from one address, and beyond the default of 256 they would be closed.
        "STEELYARD_MAX_CONNECTIONS_PER_NETWORK": "1000",
    },
    packages=("steelyard", "fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools", "asyncpg", "sqlalchemy"),
    runtime=(sys.executable, "--version"),
)


def _without(short_cuts: Sequence[str]) -> Mapping[str, str]:
    return {**STEELYARD.environment, **{variable(each): "false" for each in short_cuts}}


# The same, but no request shares a statement or a transaction with others.
UNSHARED = replace(STEELYARD, name="steelyard_alone", title="Steelyard, each request alone", environment=_without(SHARING))
PLAIN = replace(STEELYARD, name="steelyard_plain", title="Steelyard without shortcuts", environment=_without(SHORT_CUTS))
ON_PGO = replace(
    STEELYARD,
    name="steelyard_pgo",
    title="Steelyard on a Python built with PGO",
    command=(str(PGO_ENVIRONMENT / "bin" / "python"), *STEELYARD.command[1:]),
    source=PGO,
    runtime=(str(PGO_ENVIRONMENT / "bin" / "python"), "--version"),
)
SEED_SYNC = _python(
    "seed_sync",
    "seed sync: FastAPI, sync ORM, `response_model`, jose",
    _uvicorn("seed_sync"),
    ("fastapi", "uvicorn", "sqlalchemy", "psycopg", "python-jose"),
)
FLOOR = _python(
    "floor", "floor: Starlette, asyncpg, msgspec, by hand", _uvicorn("floor"), ("starlette", "uvicorn", "asyncpg", "msgspec", "pyjwt")
)
FASTAPI_ASYNC = _python(
    "fastapi_async",
    "FastAPI, async ORM, `response_model`",
    _uvicorn("fastapi_async"),
    ("fastapi", "uvicorn", "sqlalchemy", "asyncpg", "greenlet", "pyjwt"),
)


LITESTAR = _python(
    "litestar",
    "Litestar, async ORM, msgspec",
    _uvicorn("litestar_orm"),
    ("litestar", "advanced-alchemy", "uvicorn", "sqlalchemy", "asyncpg", "msgspec", "pyjwt"),
)
CONNEXION = _python(
    "connexion",
    "Connexion, async ORM",
    _uvicorn("connexion_orm"),
    ("connexion", "starlette", "uvicorn", "sqlalchemy", "asyncpg", "greenlet", "pyjwt"),
)
FLASK = _python(
    "flask",
    f"Flask, sync ORM, gunicorn with {POOL} threads",
    _gunicorn("flask_orm"),
    ("flask", "gunicorn", "sqlalchemy", "psycopg", "pyjwt"),
)
DJANGO = _python(
    "django",
    f"Django REST framework, gunicorn with {POOL} threads",
    _gunicorn("shop.wsgi"),
    ("django", "djangorestframework", "gunicorn", "psycopg", "pyjwt"),
)
FASTIFY = Contestant(
    "node",
    "Node: fastify, pg",
    (str(NODE_PROGRAM), "server.js"),
    _PEER | {"PORT": "{port}", "NODE_ENV": "production"},
    NODE,
    NPM,
    ("fastify", "pg", "fast-jwt"),
    (str(NODE_PROGRAM), "--version"),
)
# In GOPATH mode against Debian's packages, which need no module proxy.
CHI = Contestant(
    "go",
    "Go: chi, pgx",
    ("build/server",),
    _PEER | {"PORT": "{port}", "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"},
    GO,
    APT,
    ("golang-go", "golang-github-go-chi-chi-dev", "golang-github-jackc-pgx-v4-dev", "golang-github-golang-jwt-jwt-dev"),
    ("go", "version"),
    ("go", "build", "-o", "build/server", "."),
)
CHI_BATCHES = replace(CHI, name="go_one", title="Go, an order in two batches", environment={**CHI.environment, "ORDER": "batch"})
ALL = (STEELYARD, UNSHARED, PLAIN, ON_PGO, SEED_SYNC, FASTAPI_ASYNC, FLASK, DJANGO, CONNEXION, LITESTAR, FLOOR, FASTIFY, CHI, CHI_BATCHES)
CONTESTANTS = {each.name: each for each in ALL}


def earlier_version(checkout: Path) -> Contestant:
    """Steelyard from another checkout, with the packages of this environment: what a change costs, measured in one run."""
    sources = f"{checkout / 'server'}{os.pathsep}{checkout / 'generated' / 'server'}"
    environment = {**STEELYARD.environment, "PYTHONPATH": sources}
    return replace(STEELYARD, name=BEFORE, title=f"Steelyard in {checkout.name}", environment=environment)


def listing() -> str:
    """All contestants, whether each can take part, and the command that installs what is absent."""
    lines = []
    for each in CONTESTANTS.values():
        absent = each.absent()
        lines.append(f"{each.name:16} {'not run: ' + ', '.join(absent) if absent else 'installed: ' + _shown(each.versions())}")
        lines += [f"{'':16} {each.how_to_get()}"] if absent else []
    return "\n".join(lines)


def _shown(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
