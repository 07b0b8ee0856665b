"""Compile the contract.

python -m codegen generate [--check]   write generated/, or compare it with openapi/ and exit 1 when they differ
python -m codegen lint                 the rules of the contract; exit 1 and file:line of each breach
python -m codegen redocly              a second opinion on the bundle, by redocly
python -m codegen bundle [FILE]        the one document that everything else is made from
python -m codegen compat               the bundle and the SDK against the newest release: what breaks, and whether the version says so
python -m codegen release              keep the bundle in openapi/released/, and its SDK in tests/sdk/released/, for good
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codegen import redocly
from codegen.compat import check, deprecations, released, report, sdk, wheels
from codegen.compat.changes import Change
from codegen.contract.bundle import bundle, to_text
from codegen.contract.yaml import ContractError
from codegen.generate import differences, generate
from codegen.lint.lint import lint
from codegen.npm import INSTALLED
from codegen.server import models

ROOT = Path(__file__).parent.parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi" / "openapi.yaml", help="the root of the hand-written files")
    parser.add_argument("--target", type=Path, default=ROOT / "generated", help="the folder to write")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate").add_argument("--check", action="store_true", help="compare, write nothing")
    commands.add_parser("lint")
    commands.add_parser("redocly")
    commands.add_parser("bundle").add_argument("file", type=Path, nargs="?", help="where to write it; without: standard output")
    compat = commands.add_parser("compat")
    compat.add_argument("--alone", action="store_true", help="without redocly's second opinion")
    compat.add_argument("--overdue", action="store_true", help="fail, too, when something deprecated has outlived its sunset")
    release = commands.add_parser("release")
    for command in (compat, release):
        command.add_argument("--released", type=Path, default=ROOT / "openapi" / "released", help="the folder of releases")
        command.add_argument("--changelog", type=Path, default=ROOT / "CHANGELOG.md", help="what users are told")
        command.add_argument("--sdk", type=Path, default=ROOT / "client", help="the project of the SDK")
        command.add_argument("--sdks", type=Path, default=ROOT / "tests" / "sdk" / "released", help="the folder of released SDKs")
    given = parser.parse_args(arguments)
    try:
        return COMMANDS[given.command](given)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1


def _bundle(given: argparse.Namespace) -> int:
    text = to_text(bundle(given.contract))
    if given.file is None:
        sys.stdout.write(text)
    else:
        given.file.write_text(text, "utf-8")
    return 0


def _lint(given: argparse.Namespace) -> int:
    found = lint(given.contract)
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(found)} breaches of the contract's own rules" if found else "The contract keeps its own rules.")
    return 1 if found else 0


def _redocly(given: argparse.Namespace) -> int:
    return redocly.lint(to_text(bundle(given.contract)), given.contract.parent / "redocly.yaml", INSTALLED)


def _generate(given: argparse.Namespace) -> int:
    if not given.check:
        print(f"{given.target}: {generate(given.contract, given.target)}")
        return 0
    found = differences(given.contract, given.target)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} files differ from what the contract makes. Run `nox -s generate` and commit the result.", file=sys.stderr)
    return 1 if found else 0


def _compat(given: argparse.Namespace) -> int:
    bundled, today = _bundled(given), datetime.now(UTC).date()
    found = check.compare(bundled, given.released, given.changelog, today, None if given.alone else _second_opinion)
    since, of_sdk, of_its_version = _of_sdk(given, found.version)
    late = deprecations.overdue(json.loads(bundled.read_bytes()), today) if given.overdue else []
    for line in (*report.lines(found.changes), *report.lines(of_sdk, pointers=False)):
        print(line)
    complaints = [*found.complaints, *of_its_version, *late]
    for line in complaints:
        print(line, file=sys.stderr)
    if found.release is None:
        print("Nothing is released yet: `python -m codegen release` begins.")
    else:
        print(f"{found.version} against the release {found.release}: {report.summary(found.changes)}.")
    if since is not None:
        print(f"The SDK against its wheel {since}: {report.summary(of_sdk)}.")
    return 1 if complaints else 0


def _of_sdk(given: argparse.Namespace, version: str) -> tuple[str | None, list[Change], list[str]]:
    """The version of the last wheel, what has changed since in the names and calls of the SDK, and what is to be said of it."""
    wheel = sdk.newest(given.sdks)
    if wheel is None:
        return None, [], []
    since = wheel.parent.name
    found = sdk.since(wheel, given.sdk, given.target / "client")
    return since, found, sdk.complaints(since, version, found, given.changelog)


def _release(given: argparse.Namespace) -> int:
    bundled, today = _bundled(given), datetime.now(UTC).date()
    if bundled.read_text("utf-8") != to_text(bundle(given.contract)):
        raise ContractError(f"{bundled} is not what {given.contract} makes. Run `nox -s generate` first.")
    found = check.compare(bundled, given.released, given.changelog, today, _second_opinion)
    complaints = found.complaints + _of_sdk(given, found.version)[2]
    if complaints := complaints or check.of_release(bundled, given.released, given.changelog, today):
        raise ContractError("\n".join(complaints))
    content = bundled.read_bytes()
    released.check_unreleased(content, given.released)
    # The wheel first: it is what may not be fit to be released.
    wheel = wheels.keep(given.sdk, given.sdks, released.version_of(content), released.digest(content))
    print(f"{released.release(content, given.released)} is released, and {wheel}.")
    print(
        f"Call what is new in {wheels.program_of(given.sdks, released.version_of(content))}, then commit; none of them ever changes again."
    )
    return 0


def _bundled(given: argparse.Namespace) -> Path:
    target: Path = given.target
    return target / "server" / models.PACKAGE / "openapi.json"


def _second_opinion(old: Path, new: Path) -> list[dict[str, Any]]:
    try:
        return redocly.diff(old, new, INSTALLED)
    except ContractError as error:
        raise ContractError(f"{error} `python -m codegen compat --alone` goes without the second opinion.") from error


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "bundle": _bundle,
    "compat": _compat,
    "generate": _generate,
    "lint": _lint,
    "redocly": _redocly,
    "release": _release,
}

if __name__ == "__main__":
    sys.exit(main())
