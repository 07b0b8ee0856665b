"""Tests a running server over HTTP: any implementation of the contract.

Exit status: 0 no mismatch; 1 mismatches, each with its operation, its rule and a curl command that repeats it; 2 the test was not possible.
"""

import argparse
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.against.fuzzing import fuzz
from tests.contract.against.mismatches import Mismatches
from tests.contract.against.overload import overload
from tests.contract.against.plugin import Examination
from tests.contract.fuzz.__main__ import USUAL_SEED, drawn
from tests.kit.clients.visit import Login, SetupFailed, Visit, VisitAborted
from tests.kit.contract.checker import BUNDLE
from tests.kit.project import ROOT

HERE = Path(__file__).parents[1]
# Cheapest first.
PARTS = {
    "served": "test_served.py",
    "wire": "wire",
    "links": "test_links.py",
    "oracles": "test_oracles.py",
    "laws": "laws",
    "permissions": "test_permissions.py",
    "overload": None,  # not a test of pytest
    "fuzz": None,  # Schemathesis is a separate program
}
MISMATCHES, IMPOSSIBLE = 1, 2


@dataclass(frozen=True)
class Options:
    """The checked command line."""

    visit: Visit
    parts: list[str]
    only: str
    seed: str
    keep_staff: bool
    folder: Path
    rest: list[str]


def options(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="nox -s contract --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="address of the server, such as http://localhost:8000")
    parser.add_argument("--admin", default=os.environ.get("STEELYARD_ADMIN"), help="EMAIL:PASSWORD of an admin; default: $STEELYARD_ADMIN")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"parts to run, separated by commas; default: {','.join(PARTS)}")
    parser.add_argument("-k", dest="only", default="", help="run only matching tests or operations, as pytest's -k")
    parser.add_argument("--seed", default=USUAL_SEED, help="seed of Schemathesis: a number, or `random`")
    parser.add_argument("--keep-staff", action="store_true", help="keep the roles of the staff that the run creates")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "against", help="folder for long bodies and the password")
    parser.add_argument("rest", nargs="*", help="arguments for Schemathesis, after --")
    parsed = parser.parse_args(arguments)
    parts, at = parsed.parts.split(","), urlsplit(parsed.url)
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    if at.scheme not in {"http", "https"} or not at.hostname or at.path.strip("/") or at.query:
        parser.error(f"--url {parsed.url}: give only the scheme and host, such as http://localhost:8000 (the contract's only server is /)")
    email, _, password = (parsed.admin or "").partition(":")
    if not email or not password:
        parser.error("--admin EMAIL:PASSWORD is required: the admin creates the staff for the permission matrix")
    # Readers of the report must not be able to log in as the staff that stays behind.
    visit = Visit(parsed.url.rstrip("/"), Login(email, None, is_admin=True), password, secrets.token_urlsafe(18), secrets.token_hex(3))
    return Options(visit, parts, parsed.only, drawn(parsed.seed), parsed.keep_staff, parsed.folder, parsed.rest)


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    parsed = options(arguments)
    visit, mismatches = parsed.visit, Mismatches(parsed.visit, parsed.folder)
    examination = Examination(visit, mismatches)
    sys.stdout.write(f"testing {visit.url} with {', '.join(parsed.parts)}\n")
    sys.stdout.flush()
    try:
        reach(visit, mismatches)
        run_tests(parsed, examination)
        if "overload" in parsed.parts:
            overload(visit)
        if "fuzz" in parsed.parts:
            examination.cases = fuzz(visit, mismatches, parsed.seed, parsed.rest)
        if not parsed.keep_staff:
            visit.demote_staff()
    except SetupFailed as error:
        mismatches.add(str(error.operation), "the roles of the run's staff can be removed", str(error), visit.log[-1])
    except VisitAborted as error:
        report(parsed, mismatches, examination)
        sys.stdout.write(f"\nnot possible: {error}\n")
        return MISMATCHES if mismatches.by_rule else IMPOSSIBLE
    report(parsed, mismatches, examination)
    return MISMATCHES if mismatches.by_rule else 0


def run_tests(parsed: Options, examination: Examination) -> None:
    """Run the suite's own tests in the chosen parts."""
    files = [str(HERE / name) for part in parsed.parts if (name := PARTS[part]) is not None]
    if not files:
        return
    status = pytest.main(
        [
            *("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--noconftest", "-q", "--no-header", "--no-summary", "--tb=no"),
            *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
            *(["-k", parsed.only] if parsed.only else []),
            *files,
        ],
        plugins=[examination],
    )
    examination.visit.peer.close()
    if examination.stopped is not None:
        raise examination.stopped
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise VisitAborted(f"pytest stopped with {status!r} before all tests had run; its output above states the reason.")


def reach(visit: Visit, mismatches: Mismatches) -> None:
    """Check that the server responds, serves this contract, and accepts the admin's password."""
    try:
        document = visit.peer.request("GET", b"/openapi.json")
        visit.as_admin()
    except OSError as error:
        raise VisitAborted(
            f"no response from {visit.url} ({error.strerror or error}). Start a server, for instance `steelyard demo --no-limits`, "
            "and pass its address as --url."
        ) from error
    except SetupFailed as error:
        raise VisitAborted(
            f"{visit.admin.email} cannot log in at {visit.url}: {error} Pass the EMAIL:PASSWORD of an admin as --admin "
            "(for the demo: `admin@example.com:steelyard demo`)."
        ) from error
    if document.status != 200 or document.body != BUNDLE.read_bytes():
        mismatches.add(
            "GET /openapi.json",
            "the document is served byte for byte",
            "the served document differs from generated/server/steelyard_contract/openapi.json, which the tests read",
            visit.log[0],
        )


def report(parsed: Options, mismatches: Mismatches, examination: Examination) -> None:
    """Print what was tested, what could not be tested, and the mismatches."""
    mismatches.collect()
    visit = parsed.visit
    done = f"{examination.tests} tests with {visit.seen} exchanges, and {examination.cases} cases of Schemathesis (seed {parsed.seed})"
    lines = [f"\n{done}; every response was checked"]
    lines += [f"not tried, {times} times: {case}" for case, times in visit.unsupported.items()]
    lines += mismatches.lines()
    if mismatches.by_rule:
        parsed.folder.mkdir(parents=True, exist_ok=True)
        password = parsed.folder / "password"
        password.touch(mode=0o600)
        password.write_text(visit.password)
        lines += ["", f"to log in as the users of this run: PASSWORD=$(cat {password})"]
        if visit.staff or not parsed.keep_staff:
            lines.append("the staff of this run has lost its roles: to repeat requests of staff, run again with --keep-staff")
    lines.append(f"\n{len(mismatches.by_rule)} mismatches")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
