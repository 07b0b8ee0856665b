"""Examines a server that is already running, over HTTP alone: any implementation of the contract.

Exit status 0: nothing found; 1: findings, each with operation, rule and a curl line that repeats it; 2: the examination was not possible.
"""

import argparse
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.against.findings import Findings
from tests.contract.against.fuzzing import fuzz
from tests.contract.against.plugin import Examination
from tests.contract.fuzz.__main__ import USUAL_SEED, drawn
from tests.kit.clients.visit import Login, NotPossible, Unprepared, Visit
from tests.kit.contract.checker import BUNDLE
from tests.kit.project import ROOT

HERE = Path(__file__).parents[1]
# Cheapest first.
PARTS = {
    "served": "test_served.py",
    "wire": "wire",
    "links": "test_links.py",
    "oracles": "test_oracles.py",
    "permissions": "test_permissions.py",
    "fuzz": None,  # Schemathesis is a program of its own
}
FOUND, IMPOSSIBLE = 1, 2


@dataclass(frozen=True)
class Asked:
    """The command line, as far as it makes sense."""

    visit: Visit
    parts: list[str]
    only: str
    seed: str
    keep_staff: bool
    folder: Path
    rest: list[str]


def asked(arguments: list[str] | None = None) -> Asked:
    parser = argparse.ArgumentParser(prog="nox -s contract --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="where the server is: http://localhost:8000")
    parser.add_argument("--admin", default=os.environ.get("STEELYARD_ADMIN"), help="EMAIL:PASSWORD of an admin there; or $STEELYARD_ADMIN")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"which, separated by commas; all of them: {','.join(PARTS)}")
    parser.add_argument("-k", dest="only", default="", help="only tests whose name or operation fits, as pytest's -k has it")
    parser.add_argument("--seed", default=USUAL_SEED, help="of Schemathesis: a number, or `random`")
    parser.add_argument("--keep-staff", action="store_true", help="leave their roles to the staff that was made for the examination")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "against", help="where bodies and the password of the run are kept")
    parser.add_argument("rest", nargs="*", help="arguments for Schemathesis, after --")
    given = parser.parse_args(arguments)
    parts, at = given.parts.split(","), urlsplit(given.url)
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if at.scheme not in {"http", "https"} or not at.hostname or at.path.strip("/") or at.query:
        parser.error(f"--url {given.url}: wanted is scheme and host alone, like http://localhost:8000 (the contract's only server is /)")
    email, _, password = (given.admin or "").partition(":")
    if not email or not password:
        parser.error("--admin EMAIL:PASSWORD: an admin is wanted, who makes the staff that the permission matrix needs")
    # Whoever reads the report must not be able to log in as the staff that is left behind.
    visit = Visit(given.url.rstrip("/"), Login(email, None, is_admin=True), password, secrets.token_urlsafe(18), secrets.token_hex(3))
    return Asked(visit, parts, given.only, drawn(given.seed), given.keep_staff, given.folder, given.rest)


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    given = asked(arguments)
    visit, findings = given.visit, Findings(given.visit, given.folder)
    examination = Examination(visit, findings)
    sys.stdout.write(f"examining {visit.url} with {', '.join(given.parts)}\n")
    sys.stdout.flush()
    try:
        reach(visit, findings)
        run_tests(given, examination)
        if "fuzz" in given.parts:
            examination.cases = fuzz(visit, findings, given.seed, given.rest)
        if not given.keep_staff:
            visit.dismiss_staff()
    except Unprepared as why:
        findings.add(str(why.operation), "the staff of the run can be dismissed", str(why), visit.log[-1])
    except NotPossible as why:
        report(given, findings, examination)
        sys.stdout.write(f"\nnot possible: {why}\n")
        return IMPOSSIBLE
    report(given, findings, examination)
    return FOUND if findings.found else 0


def run_tests(given: Asked, examination: Examination) -> None:
    """Run the suite's own tests, as far as they are wanted."""
    files = [str(HERE / name) for part in given.parts if (name := PARTS[part]) is not None]
    if not files:
        return
    status = pytest.main(
        [
            *("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--noconftest", "-q", "--no-header", "--no-summary", "--tb=no"),
            *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
            *(["-k", given.only] if given.only else []),
            *files,
        ],
        plugins=[examination],
    )
    examination.visit.peer.close()
    if examination.stopped is not None:
        raise examination.stopped
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise NotPossible(f"pytest ended with {status!r} before everything was looked at; what it printed above says why.")


def reach(visit: Visit, findings: Findings) -> None:
    """Whether there is a server that speaks, serves this contract, and knows the admin."""
    try:
        document = visit.peer.ask("GET", b"/openapi.json")
        visit.as_admin()
    except OSError as error:
        raise NotPossible(
            f"nobody answers at {visit.url} ({error.strerror or error}). Start a server, for instance `steelyard demo --no-limits`, "
            "and give its address as --url."
        ) from error
    except Unprepared as error:
        raise NotPossible(
            f"{visit.admin.email} cannot log in at {visit.url}: {error} --admin wants the EMAIL:PASSWORD of an admin "
            "(of the demo: `admin@example.com:steelyard demo`)."
        ) from error
    if document.status != 200 or document.body != BUNDLE.read_bytes():
        findings.add(
            "GET /openapi.json",
            "the document is served byte for byte",
            "what is served is not the contract that it is examined with: generated/server/steelyard_contract/openapi.json",
            visit.log[0],
        )


def report(given: Asked, findings: Findings, examination: Examination) -> None:
    """Print what was looked at, what could not be, and what was found."""
    findings.judged()
    visit = given.visit
    done = f"{examination.tests} tests with {visit.seen} exchanges, and {examination.cases} cases of Schemathesis (seed {given.seed})"
    lines = [f"\n{done}; the judge has weighed every answer"]
    lines += [f"not tried, {times} times: {what}" for what, times in visit.unreached.items()]
    lines += findings.lines()
    if findings.found:
        given.folder.mkdir(parents=True, exist_ok=True)
        password = given.folder / "password"
        password.touch(mode=0o600)
        password.write_text(visit.password)
        lines += ["", f"to log in as the people of this run: PASSWORD=$(cat {password})"]
        if visit.staff or not given.keep_staff:
            lines.append("the staff of this run is dismissed: repeat with --keep-staff what needs its roles")
    lines.append(f"\n{len(findings.found)} findings")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
