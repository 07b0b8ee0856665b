"""The checks of this project. `nox` runs the daily ones, `nox -s proof` the long ones, and CI both; `nox -l` lists all sessions.

All sessions share one environment, .nox/env, installed from the hashed lock file and again only when the lock or pyproject.toml changes.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.5"
nox.options.sessions = ["lint", "drift", "compat", "types", "tests", "contract", "sdk"]
PROOFS: dict[str, tuple[str, ...]] = {
    "contract": ("--contract", "tests/contracts/workshop"),
    "mutants": (),
    "fuzz": (),
    "faults": (),
    "login": (),
    "tests": ("--plain",),
    "pythons": ("--newest",),
    "deploy": (),
}
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
ENVIRONMENT = ROOT / ".nox" / "env"
BIN = "Scripts" if os.name == "nt" else "bin"
# Tests that have a separate session, and unit tests that do not test the server.
APART = ("compat", "deploy/live", "faults", "login", "soak", "sdk", "types/python", "contracts")
UNMEASURED = ("codegen", "benchmarks", "conftest.py")
# A process that has run all its tests takes those that wait for another one. Some take a hundred times as long as most.
PARALLEL = ("-n", "auto", "--dist", "worksteal")
# Tests that wait for browsers, servers and other programs most of the time.
WAITING = ("-n", str(2 * (os.cpu_count() or 1)), "--dist", "worksteal")
# Tests of the SDK that build and install its wheel, which the session `sdk` does.
OF_THE_WHEEL = ("sdk/test_packaging.py", "sdk/test_readme.py")
LOCKS = {
    "server": ("--all-extras", "pyproject.toml"),
    "dev": ("--all-extras", "--group", "dev", "pyproject.toml"),
    "build": ("--group", "build"),
    # The other servers of the benchmark, with the server's versions of what both use.
    "peers": ("-c", "requirements/dev.txt", "benchmarks/peers/python/requirements.in"),
}


def prepare(session: nox.Session, environment: Path = ENVIRONMENT, python: Path = Path(sys.executable)) -> None:
    """Install the packages of the lock file into an environment, by default the shared one, unless they are there already."""
    inputs = [ROOT / "requirements" / "dev.txt", ROOT / "pyproject.toml", ROOT / "client" / "pyproject.toml"]
    version = subprocess.check_output([python, "-c", "import sys; print(sys.version)"])  # noqa: S603  # an interpreter of this machine
    digest = hashlib.sha256(version + b"".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = environment / "steelyard.stamp"
    if not stamp.is_file() or stamp.read_text() != digest:
        session.run(str(python), "-m", "venv", "--clear", str(environment), external=True)
        # The lock file is complete. For an extra, pip would resolve packages again: newer ones, without a hash.
        locked = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", "requirements/dev.txt")
        run(session, "python", "-m", "pip", "install", "-q", *locked, environment=environment)
        local = ("--no-deps", "--no-build-isolation", "-e", ".", "-e", "./client")
        run(session, "python", "-m", "pip", "install", "-q", *local, environment=environment)
        stamp.write_text(digest)


def run(session: nox.Session, program: str, *arguments: str, environment: Path = ENVIRONMENT) -> None:
    """Run a program of an environment, by default the shared one."""
    path = f"{environment / BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    # Tests start hundreds of processes. Without bytecode, which many containers switch off, each of them compiles all modules again.
    variables = {"PATH": path, "PYTHONDONTWRITEBYTECODE": ""}
    session.run(str(environment / BIN / program), *arguments, external=True, env=variables)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check formatting, ruff, the direction of imports, dependencies, and the rules of the contract. Changes no file."""
    prepare(session)
    run(session, "ruff", "format", "--check", ".")
    run(session, "ruff", "check", ".")
    run(session, "lint-imports", "--no-cache")
    run(session, "deptry", "server", "generated/server")
    run(session, "python", "-m", "codegen", "lint")
    run(session, "python", "-m", "codegen", "redocly")


@nox.session(venv_backend="none", default=False)
def format(session: nox.Session) -> None:  # noqa: A001  # the session's name on the command line
    """Format the code, and fix what ruff can fix."""
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
    """Check that generated/ is up to date with openapi/: `nox -s generate -- --check`."""
    prepare(session)
    run(session, "python", "-m", "codegen", "generate", "--check")


@nox.session(venv_backend="none")
def compat(session: nox.Session) -> None:
    """Compare contract and SDK with their newest release: each change needs its version and changelog entry. Arguments go to codegen."""
    prepare(session)
    run(session, "python", "-m", "codegen", "compat", *session.posargs)
    # By file, so that each file builds its packages once.
    run(session, "pytest", "-n", "2", "--dist", "loadfile", "tests/compat")


@nox.session(venv_backend="none", default=False)
def release(session: nox.Session) -> None:
    """Release contract and SDK into openapi/released/ and tests/sdk/released/, if `compat` passes."""
    prepare(session)
    run(session, "python", "-m", "codegen", "release")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Type-check server, generated code, generators and tests with mypy, strictly."""
    prepare(session)
    run(session, "mypy")


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests on SQLite and PostgreSQL, with branch coverage of the server. Arguments go to pytest and switch coverage off.

    With `-- --plain`: run the tests of server and contract with every shortcut switched off.
    """
    prepare(session)
    is_plain = "--plain" in session.posargs
    arguments = [each for each in session.posargs if each != "--plain"]
    if is_plain:
        session.env["STEELYARD_TEST_PLAIN"] = "1"
    if arguments:
        run(session, "pytest", *arguments)
    elif is_plain:
        # These use no server or database, only commands and pages of one, count the calls that shortcuts save, or plant faults. SQLite has
        # none of the shortcuts by itself; those of the request path are the same on either database.
        units = [f"unit/{name}" for name in ("benchmarks", "cli", "codegen", "doctor", "mail", "settings", "telemetry", "web_pages")]
        rules = [f"contract/test_{name}.py" for name in ("against", "calm", "cost", "hints", "mutants")]
        run(session, "pytest", *PARALLEL, "-k", "not sqlite", *ignoring(*APART, "project", "types", "deploy", "e2e", *units, *rules))
    else:
        # Coverage doubles the time of all Python code, so tests that generate code or start whole programs run without it, and so does the
        # second run of a test, on SQLite (tests/conftest.py).
        measured = [f"unit/{path.name}" for path in sorted((ROOT / "tests" / "unit").glob("[!_]*")) if path.name not in UNMEASURED]
        run(session, "pytest", *PARALLEL, "--cov", "--cov-report=term", *(f"tests/{path}" for path in measured))
        run(session, "pytest", *WAITING, *ignoring(*APART, "contract", *measured))


def ignoring(*paths: str) -> list[str]:
    return [f"--ignore=tests/{path}" for path in paths]


@nox.session(venv_backend="none")
def contract(session: nox.Session) -> None:
    """Test the server against its contract. `-- --seed N` or `-- --seed random` replaces seed 42; other arguments go to pytest.

    With `-- --url URL --admin EMAIL:PASSWORD`: test a running server over HTTP. With `-- --contract FOLDER`: test another contract, such
    as tests/contracts/workshop, with what is generated of it and its server; `proof` does that.
    """
    prepare(session)
    others = {"--url": "tests.contract.against", "--contract": "tests.contracts"}
    module = next((others[each] for each in session.posargs if each in others), "tests.contract")
    run(session, "python", "-m", module, *session.posargs)


@nox.session(venv_backend="none", default=False)
def proof(session: nox.Session) -> None:
    """Run the long proofs: a second `contract`, `mutants`, `fuzz`, `faults`, `login`, `pythons`, `tests -- --plain` and `deploy`."""
    for name, arguments in PROOFS.items():
        session.notify(name, list(arguments))


@nox.session(venv_backend="none", default=False)
def pythons(session: nox.Session) -> None:
    """Install server and SDK on each supported Python of this machine, and run their unit tests. The last line lists what was missing.

    With `-- --newest`, as in `proof`: only on the newest.
    """
    own = sys.version_info[:2]
    usable = {minor: path for minor, path in interpreters(search_folders()).items() if minor != own}
    chosen = dict(sorted(usable.items())[-1:]) if "--newest" in session.posargs else usable
    for (major, minor), python in sorted(chosen.items()):
        environment = ROOT / ".nox" / f"python{major}.{minor}"
        prepare(session, environment, python)
        other = ignoring("unit/codegen", "unit/benchmarks", *OF_THE_WHEEL)
        # On PostgreSQL alone, which halves the time: asyncpg, whose internals the pipelining uses, is compiled for each Python.
        run(session, "pytest", *PARALLEL, "-k", "not sqlite", "tests/unit", "tests/sdk", *other, environment=environment)
    if left := [f"{major}.{minor}" for major, minor in sorted(usable.keys() - chosen.keys())]:
        session.log(f"Not run here, but by `nox -s pythons`: Python {', '.join(left)}.")
    session.log(summary(own, chosen, [version for version in supported() if version in chosen or version not in usable]))


def supported() -> list[tuple[int, int]]:
    """The versions of Python that the package index shows for Steelyard."""
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    return [(3, int(minor)) for minor in re.findall(r"Python :: 3\.(\d+)", "\n".join(classifiers))]


def search_folders() -> list[Path]:
    """The folders of PATH, then those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each] + sorted(pyenv.glob("*/bin"))


def interpreters(folders: Iterable[Path]) -> dict[tuple[int, int], Path]:
    """The first interpreter of each released version that is supported or newer. A shim of pyenv may exist and not run."""
    usable: dict[tuple[int, int], Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("python3.*")):
            name = re.fullmatch(r"python3\.(\d+)", path.name)
            if name is None or (version := (3, int(name[1]))) < min(supported()) or version in usable:
                continue
            check = "import ensurepip, sys; print(sys.version_info.minor, sys.version_info.releaselevel)"
            result = subprocess.run([str(path), "-c", check], capture_output=True, text=True, check=False)  # noqa: S603  # as above
            if result.returncode == 0 and result.stdout.split() == [name[1], "final"]:
                usable[version] = path
    return usable


def summary(own: tuple[int, int], tested: Iterable[tuple[int, int]], expected: Iterable[tuple[int, int]]) -> str:
    """What `pythons` ran, what it left to `tests`, and what was missing."""
    ran, missing = ([f"{major}.{minor}" for major, minor in sorted(each)] for each in (tested, set(expected) - {own, *tested}))
    return (
        f"The unit tests passed on Python {', '.join(ran) or '(none)'}; `nox -s tests` runs all tests on {own[0]}.{own[1]}; "
        f"missing on this machine: {', '.join(missing) or 'none'}."
    )


@nox.session(venv_backend="none", default=False)
def fuzz(session: nox.Session) -> None:
    """Run Schemathesis with all its phases; `contract` runs two of them. `-- --seed N` or `-- --seed random` replaces seed 42."""
    prepare(session)
    run(session, "python", "-m", "tests.contract.fuzz", *session.posargs)


@nox.session(venv_backend="none", default=False)
def faults(session: nox.Session) -> None:
    """Test the promises of docs/reliability.md: crashes, freezes, floods and races of real processes. Arguments go to pytest."""
    prepare(session)
    # Two at a time: most of them wait for what they have killed, frozen or slowed down, and measure how long others wait meanwhile.
    run(session, "pytest", "-v", *(session.posargs or ("-n", "2", "--dist", "worksteal", "tests/faults")))


@nox.session(venv_backend="none", default=False)
def login(session: nox.Session) -> None:
    """Log in with a third party by foreign clients, and as the guide shows it, in a real browser. Arguments go to pytest."""
    prepare(session)
    run(session, "pytest", "-v", *(session.posargs or ("tests/login",)))


@nox.session(venv_backend="none", default=False)
def deploy(session: nox.Session) -> None:
    """Build the image, run it behind nginx and Traefik, replace it under load, follow docs/operations. Arguments go to pytest.

    Needs root, on a machine that may be changed, and a mirror of Debian. First it says what this machine lacks.
    """
    prepare(session)
    run(session, "python", "-m", "tests.kit.servers.abilities")
    # A new machine and the image at the same time, each file in one process. Building the image takes longer than any other test may last.
    parallel = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "tests/deploy/live")
    run(session, "pytest", "-v", "-o", "faulthandler_timeout=900", *(session.posargs or parallel))


@nox.session(venv_backend="none", default=False)
def soak(session: nox.Session) -> None:
    """Load the server on each database for ten minutes, or `-- MINUTES`, and check its memory and open files."""
    prepare(session)
    session.env["SOAK_MINUTES"] = session.posargs[0] if session.posargs else "10"
    # Longer than any other test may last.
    run(session, "pytest", "-v", "-o", "faulthandler_timeout=0", "tests/soak")


@nox.session(venv_backend="none")
def sdk(session: nox.Session) -> None:
    """Test the SDK against the server, in an empty environment, and with both type checkers."""
    prepare(session)
    # By file, so that each file builds and installs its packages once.
    run(session, "pytest", "-n", "auto", "--dist", "loadfile", "tests/sdk", "tests/types/python", *session.posargs)
    if not session.posargs:
        run(session, "pyright", "-p", "client", "--pythonpath", str(ENVIRONMENT / BIN / "python"))


@nox.session(venv_backend="none", default=False)
def mutants(session: nox.Session) -> None:
    """Plant each kind of fault once, which the tests must detect. `-- --all`: on every operation; `-- --write`: write the kill matrix.

    With `-- --contract FOLDER`: in the server of another contract.
    """
    prepare(session)
    if "--contract" in session.posargs:
        run(session, "python", "-m", "tests.contracts", "--mutants", *session.posargs)
    else:
        run(session, "python", "-m", "tests.contract.mutants", *session.posargs)


@nox.session(venv_backend="none", default=False)
def bench(session: nox.Session) -> None:
    """Compare the speed of Steelyard with other servers. `-- --quick`: fewer rounds; `-- --check`: fail below a goal's `must`.

    `-- --peers`: list the servers, and how to get what each needs; `-- --help`: all options.
    With `-- --growth`: measure how the cost grows with the data. With `-- --sdk`: compare the SDK with bare httpx.
    """
    prepare(session)
    if "--sdk" in session.posargs:
        run(session, "python", "-m", "benchmarks.sdk")
        return
    if "--growth" in session.posargs:
        run(session, "python", "-m", "benchmarks.growth", *[each for each in session.posargs if each != "--growth"])
        return
    if "--peers" not in session.posargs:
        prepare_peers(session)
    run(session, "python", "-m", "benchmarks.run", *session.posargs)


def prepare_peers(session: nox.Session) -> None:
    """Install the packages of the other servers in Python, unless they are there. Without them, these servers are reported as not run."""
    lock, environment = ROOT / "requirements" / "peers.txt", ROOT / ".nox" / "peers"
    stamp, digest = environment / "steelyard.stamp", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        session.run(sys.executable, "-m", "venv", "--clear", str(environment), external=True)
        locked = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock))
        install = (str(environment / BIN / "python"), "-m", "pip", "install", "-q", *locked)
        try:
            session.run(*install, external=True)
        except CommandFailed:
            session.warn("The other servers in Python are not run: pip could not install their packages; its message is above.")
        else:
            stamp.write_text(digest)


@nox.session(venv_backend="none", default=False)
def lock(session: nox.Session) -> None:
    """Write the lock files requirements/*.txt, with hashes and without addresses. `-- --upgrade`: take the newest versions."""
    prepare(session)
    for name, inputs in LOCKS.items():
        out = f"requirements/{name}.txt"
        options = ("--generate-hashes", "--universal", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
        run(session, "uv", "pip", "compile", "-q", *options, *inputs, "-o", out, *session.posargs)
