"""Compile the contract.

python -m codegen generate [--check]   write generated/, or compare it with openapi/ and exit 1 when they differ
python -m codegen lint                 check the rules of the contract; exit 1 with file:line of each breach
python -m codegen keywords             print docs/contract-keywords.md
python -m codegen redocly              let redocly lint the bundle
python -m codegen bundle [FILE]        print or write the document that everything else is made from
python -m codegen compat               compare the bundle and the SDK with the newest release; exit 1 when the version does not fit
python -m codegen release              keep the bundle in openapi/released/ and its SDK in tests/sdk/released/
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codegen import keyword_page, redocly
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
    parser.add_argument("--contract", type=Path, default=ROOT, help="the root file of the contract, or the folder that has it in openapi/")
    parser.add_argument("--target", type=Path, help="the folder to write; default: `generated` beside openapi/")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate").add_argument("--check", action="store_true", help="compare only")
    commands.add_parser("lint")
    commands.add_parser("keywords")
    commands.add_parser("redocly")
    commands.add_parser("bundle").add_argument("file", type=Path, nargs="?", help="the file to write; default: standard output")
    compat = commands.add_parser("compat")
    compat.add_argument("--alone", action="store_true", help="skip the comparison by redocly")
    compat.add_argument("--overdue", action="store_true", help="also fail when a deprecated part is still there after its sunset")
    release = commands.add_parser("release")
    for command in (compat, release):
        command.add_argument("--released", type=Path, help="the folder of releases; default: `released` beside the root file")
        command.add_argument("--changelog", type=Path, help="the changelog; default: CHANGELOG.md beside openapi/")
        command.add_argument("--sdk", type=Path, default=ROOT / "client", help="the project of the SDK")
        command.add_argument("--sdks", type=Path, help="the folder of released SDKs; default: tests/sdk/released beside openapi/")
    options = parser.parse_args(arguments)
    if options.contract.is_dir():
        options.contract = options.contract / "openapi" / "openapi.yaml"
    options.target = options.target or options.contract.parent.parent / "generated"
    if options.command in ("compat", "release"):
        home = options.contract.parent.parent
        options.released = options.released or options.contract.parent / "released"
        options.changelog = options.changelog or home / "CHANGELOG.md"
        options.sdks = options.sdks or home / "tests" / "sdk" / "released"
    try:
        return COMMANDS[options.command](options)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1


def _bundle(options: argparse.Namespace) -> int:
    text = to_text(bundle(options.contract))
    if options.file is None:
        sys.stdout.write(text)
    else:
        options.file.write_text(text, "utf-8")
    return 0


def _lint(options: argparse.Namespace) -> int:
    breaches = lint(options.contract)
    for line in breaches:
        print(line, file=sys.stderr)
    print(f"{len(breaches)} breaches of the rules of the contract" if breaches else "The contract keeps its rules.")
    return 1 if breaches else 0


def _keywords(_: argparse.Namespace) -> int:
    sys.stdout.write(keyword_page.text())
    return 0


def _redocly(options: argparse.Namespace) -> int:
    return redocly.lint(to_text(bundle(options.contract)), options.contract.parent / "redocly.yaml", INSTALLED)


def _generate(options: argparse.Namespace) -> int:
    if not options.check:
        print(f"{options.target}: {generate(options.contract, options.target)}")
        return 0
    lines = differences(options.contract, options.target)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"{len(lines)} files differ from the contract. Run `nox -s generate` and commit the result.", file=sys.stderr)
    return 1 if lines else 0


def _compat(options: argparse.Namespace) -> int:
    bundled, today = _bundled(options), datetime.now(UTC).date()
    comparison = check.compare(bundled, options.released, options.changelog, today, None if options.alone else _second_opinion)
    since, of_sdk, of_its_version = _of_sdk(options, comparison.version)
    late = deprecations.overdue(json.loads(bundled.read_bytes()), today) if options.overdue else []
    for line in (*report.lines(comparison.changes), *report.lines(of_sdk, pointers=False)):
        print(line)
    complaints = [*comparison.complaints, *of_its_version, *late]
    for line in complaints:
        print(line, file=sys.stderr)
    if comparison.release is None:
        print("There is no release yet. `python -m codegen release` makes one.")
    else:
        print(f"{comparison.version} against the release {comparison.release}: {report.summary(comparison.changes)}.")
    if since is not None:
        print(f"The SDK against its wheel {since}: {report.summary(of_sdk)}.")
    return 1 if complaints else 0


def _of_sdk(options: argparse.Namespace, version: str) -> tuple[str | None, list[Change], list[str]]:
    """The version of the last wheel, the changes of the SDK since, and the complaints about them."""
    wheel = sdk.newest(options.sdks)
    if wheel is None:
        return None, [], []
    since = wheel.parent.name
    changes = sdk.since(wheel, options.sdk, options.target / "client")
    return since, changes, sdk.complaints(since, version, changes, options.changelog)


def _release(options: argparse.Namespace) -> int:
    bundled, today = _bundled(options), datetime.now(UTC).date()
    if bundled.read_text("utf-8") != to_text(bundle(options.contract)):
        raise ContractError(f"{bundled} was not made from {options.contract}. Run `nox -s generate` first.")
    comparison = check.compare(bundled, options.released, options.changelog, today, _second_opinion)
    complaints = comparison.complaints + _of_sdk(options, comparison.version)[2]
    if complaints := complaints or check.of_release(bundled, options.released, options.changelog, today):
        raise ContractError("\n".join(complaints))
    content = bundled.read_bytes()
    released.check_unreleased(content, options.released)
    # The wheel first, because it is what can still fail.
    wheel = wheels.keep(options.sdk, options.sdks, released.version_of(content), released.digest(content))
    print(f"{released.release(content, options.released)} is released, and {wheel}.")
    program = wheels.program_of(options.sdks, released.version_of(content))
    print(f"Add calls of the new operations to {program}, then commit. These files never change again.")
    return 0


def _bundled(options: argparse.Namespace) -> Path:
    target: Path = options.target
    bundled = target / "server" / models.PACKAGE / "openapi.json"
    if not bundled.is_file():
        raise ContractError(f"there is no {bundled}. Generate it first, or name the folder of the generated code by --target.")
    return bundled


def _second_opinion(old: Path, new: Path) -> list[dict[str, Any]]:
    try:
        return redocly.diff(old, new, INSTALLED)
    except ContractError as error:
        raise ContractError(f"{error} `python -m codegen compat --alone` skips redocly.") from error


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "bundle": _bundle,
    "compat": _compat,
    "generate": _generate,
    "keywords": _keywords,
    "lint": _lint,
    "redocly": _redocly,
    "release": _release,
}

if __name__ == "__main__":
    sys.exit(main())
