"""Compile the contract.

python -m codegen generate [--check]   write generated/, or compare it with openapi/ and exit 1 when they differ
python -m codegen lint                 the rules of the contract; exit 1 and file:line of each breach
python -m codegen redocly              a second opinion on the bundle, by redocly
python -m codegen bundle [FILE]        the one document that everything else is made from
"""

import argparse
import sys
from pathlib import Path

from codegen import redocly
from codegen.bundle import bundle, text_of
from codegen.generate import differences, generate
from codegen.lint import lint
from codegen.source import ContractError

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
    given = parser.parse_args(arguments)
    try:
        if given.command == "bundle":
            return _bundle(given.contract, given.file)
        if given.command == "lint":
            return _lint(given.contract)
        if given.command == "redocly":
            return redocly.lint(text_of(bundle(given.contract)), given.contract.parent / "redocly.yaml", ROOT / "build" / "node")
        return _check(given.contract, given.target) if given.check else _generate(given.contract, given.target)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1


def _bundle(contract: Path, file: Path | None) -> int:
    text = text_of(bundle(contract))
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, "utf-8")
    return 0


def _lint(contract: Path) -> int:
    found = lint(contract)
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(found)} breaches of the contract's own rules" if found else "The contract keeps its own rules.")
    return 1 if found else 0


def _generate(contract: Path, target: Path) -> int:
    print(f"{target}: {generate(contract, target)}")
    return 0


def _check(contract: Path, target: Path) -> int:
    found = differences(contract, target)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} files differ from what the contract makes. Run `nox -s generate` and commit the result.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
