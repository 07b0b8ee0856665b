"""The gates of this project. `nox` runs the daily ones and `nox -s proof` the long ones; `nox -l` lists all sessions. CI runs both.

All sessions share one environment, .nox/env, installed from the hashed lock file and again only when the lock or pyproject.toml changes.
"""

import hashlib
import os
import sys
import venv
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.sessions = ["lint", "drift", "compat", "types", "tests", "contract", "sdk"]
PROOFS: dict[str, tuple[str, ...]] = {"mutants": (), "fuzz": (), "faults": (), "tests": ("--plain",)}
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
ENVIRONMENT = ROOT / ".nox" / "env"
PROGRAMS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
# Tests that have a session to themselves, and what of the unit tests is not about the server.
APART = ("compat", "faults", "soak", "sdk", "types/python")
UNMEASURED = ("codegen", "benchmarks", "conftest.py")
LOCKS = {"server": ("pyproject.toml",), "dev": ("--group", "dev", "pyproject.toml")}


def prepare(session: nox.Session) -> None:
    """Install what the lock file names into the shared environment, unless it is there already."""
    inputs = [ROOT / "requirements" / "dev.txt", ROOT / "pyproject.toml", ROOT / "client" / "pyproject.toml"]
    digest = hashlib.sha256(sys.version.encode() + b"".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = ENVIRONMENT / "steelyard.stamp"
    if not stamp.is_file() or stamp.read_text() != digest:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        # The lock is whole: what pip would resolve again for an extra could be newer than what is locked, and has no hash.
        locked = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", "requirements/dev.txt")
        run(session, "python", "-m", "pip", "install", "-q", *locked)
        run(session, "python", "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ".", "-e", "./client")
        stamp.write_text(digest)


def run(session: nox.Session, program: str, *arguments: str) -> None:
    """Run a program of the shared environment."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    session.run(str(PROGRAMS / program), *arguments, external=True, env={"PATH": path})


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Formatting, ruff, direction of imports, dependencies, and the contract's own rules. Changes nothing."""
    prepare(session)
    run(session, "ruff", "format", "--check", ".")
    run(session, "ruff", "check", ".")
    run(session, "lint-imports", "--no-cache")
    run(session, "deptry", "server", "generated/server")
    run(session, "python", "-m", "codegen", "lint")
    run(session, "python", "-m", "codegen", "redocly")


@nox.session(venv_backend="none", default=False)
def format(session: nox.Session) -> None:  # noqa: A001  # the session's name on the command line
    """Format the code and repair what ruff can repair."""
    prepare(session)
    run(session, "ruff", "format", ".")
    run(session, "ruff", "check", "--fix", ".")


@nox.session(venv_backend="none", default=False)
def generate(session: nox.Session) -> None:
    """Write generated/ from openapi/. With `-- --check`: compare instead, byte for byte, and fail on a difference."""
    prepare(session)
    run(session, "python", "-m", "codegen", "generate", *session.posargs)


@nox.session(venv_backend="none")
def drift(session: nox.Session) -> None:
    """What is committed in generated/ is what openapi/ makes: `nox -s generate -- --check`."""
    prepare(session)
    run(session, "python", "-m", "codegen", "generate", "--check")


@nox.session(venv_backend="none")
def compat(session: nox.Session) -> None:
    """What contract and SDK promised in their newest release they still keep, or version and changelog say so. Arguments go to codegen."""
    prepare(session)
    run(session, "python", "-m", "codegen", "compat", *session.posargs)
    run(session, "pytest", "tests/compat")


@nox.session(venv_backend="none", default=False)
def release(session: nox.Session) -> None:
    """Keep the contract and its SDK for good, in openapi/released/ and tests/sdk/released/, once `compat` has nothing against them."""
    prepare(session)
    run(session, "python", "-m", "codegen", "release")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """mypy, strict, over server, generated code, generators and tests."""
    prepare(session)
    run(session, "mypy")


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Tests on SQLite and PostgreSQL, those of the server with branch coverage. Arguments after `--` go to pytest and switch coverage off.

    With `-- --plain`: the tests of the server once more, those of its contract included, with every short cut switched off.
    """
    prepare(session)
    is_plain = "--plain" in session.posargs
    arguments = [each for each in session.posargs if each != "--plain"]
    if is_plain:
        session.env["STEELYARD_TEST_PLAIN"] = "1"
    if arguments:
        run(session, "pytest", *arguments)
    elif is_plain:
        # Of no server, of the calls that short cuts save, and of planted faults.
        other = ["project", "types", "unit/codegen", "unit/benchmarks", "contract/test_cost.py", "contract/test_mutants.py"]
        run(session, "pytest", "-n", "2", *ignoring(*APART, *other))
    else:
        # Measuring doubles the time of every line of Python, in any package: what generates or drives whole programs runs without.
        measured = [f"unit/{path.name}" for path in sorted((ROOT / "tests" / "unit").glob("[!_]*")) if path.name not in UNMEASURED]
        measured += [f"e2e/test_{name}.py" for name in ("process", "commands", "seed_stories")]
        run(session, "pytest", "-n", "2", "--cov", "--cov-report=term", *(f"tests/{path}" for path in measured))
        run(session, "pytest", "-n", "2", *ignoring(*APART, "contract", *measured))


def ignoring(*paths: str) -> list[str]:
    return [f"--ignore=tests/{path}" for path in paths]


@nox.session(venv_backend="none")
def contract(session: nox.Session) -> None:
    """The server against its contract. With `-- --seed N` or `-- --seed random`: not with 42; more arguments go to pytest alone.

    With `-- --url URL --admin EMAIL:PASSWORD`: a server that is already running instead, over HTTP alone.
    """
    prepare(session)
    module = "tests.contract.against" if "--url" in session.posargs else "tests.contract"
    run(session, "python", "-m", module, *session.posargs)


@nox.session(venv_backend="none", default=False)
def proof(session: nox.Session) -> None:
    """The long proofs, each a session too: `mutants`, `fuzz`, `faults`, and the tests without short cuts (`tests -- --plain`)."""
    for name, arguments in PROOFS.items():
        session.notify(name, list(arguments))


@nox.session(venv_backend="none", default=False)
def fuzz(session: nox.Session) -> None:
    """Schemathesis with all its phases; `contract` runs the two short ones. With `-- --seed N` or `-- --seed random`: another run."""
    prepare(session)
    run(session, "python", "-m", "tests.contract.fuzz", *session.posargs)


@nox.session(venv_backend="none", default=False)
def faults(session: nox.Session) -> None:
    """Crashes, freezes, floods and races against real processes: the promises of docs/reliability.md. Arguments after `--` go to pytest."""
    prepare(session)
    # One at a time: these tests kill servers, and use every core themselves.
    run(session, "pytest", "-v", *(session.posargs or ("tests/faults",)))


@nox.session(venv_backend="none", default=False)
def soak(session: nox.Session) -> None:
    """Ten minutes of load on each database, with memory and open files watched. With `-- MINUTES`: for so long."""
    prepare(session)
    session.env["SOAK_MINUTES"] = session.posargs[0] if session.posargs else "10"
    # Longer than any other test may last.
    run(session, "pytest", "-v", "-o", "faulthandler_timeout=0", "tests/soak")


@nox.session(venv_backend="none")
def sdk(session: nox.Session) -> None:
    """The SDK as its users meet it: against the server, in an empty environment, under both type checkers."""
    prepare(session)
    # By file: what one of them builds and installs is built and installed once.
    run(session, "pytest", "-n", "2", "--dist", "loadfile", "tests/sdk", "tests/types/python", *session.posargs)
    if not session.posargs:
        run(session, "pyright", "-p", "client", "--pythonpath", str(PROGRAMS / "python"))


@nox.session(venv_backend="none", default=False)
def mutants(session: nox.Session) -> None:
    """Plant faults, each kind once; the tests must notice all of them. With `-- --all`: wherever they fit; `-- --write`: into docs/."""
    prepare(session)
    run(session, "python", "-m", "tests.contract.mutants", *session.posargs)


@nox.session(venv_backend="none", default=False)
def bench(session: nox.Session) -> None:
    """Steelyard beside programs that do the same. With `-- --quick`: a first look; `-- --check`: fail below a goal's `must`.

    With `-- --sdk`: the SDK beside bare httpx instead.
    """
    prepare(session)
    if "--sdk" in session.posargs:
        run(session, "python", "-m", "benchmarks.sdk")
        return
    # Peers that cannot be installed do not take part; the report says so.
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    peers = ("-q", "--require-hashes", "--only-binary", ":all:", "-r", "benchmarks/peers/python/requirements.txt")
    install = (str(PROGRAMS / "python"), "-m", "pip", "install", *peers)
    session.run(*install, external=True, env={"PATH": path}, success_codes=[0, 1])
    run(session, "python", "-m", "benchmarks.run", *session.posargs)


@nox.session(venv_backend="none", default=False)
def lock(session: nox.Session) -> None:
    """Resolve requirements/*.txt again, with hashes and without an address. With `-- --upgrade`: to the newest versions."""
    prepare(session)
    for name, inputs in LOCKS.items():
        out = f"requirements/{name}.txt"
        options = ("--generate-hashes", "--universal", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
        run(session, "uv", "pip", "compile", "-q", *options, *inputs, "-o", out, *session.posargs)
