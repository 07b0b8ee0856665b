"""Tests the server against its contract: the tests, a short run of Schemathesis, and the coverage of the contract."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from tests.contract.fuzz.__main__ import USUAL_SEED, drawn

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
SEEN = BUILD / "coverage-contract"


def main() -> int:
    """0 if all parts pass. Arguments other than `--seed` go to pytest, which is then the only part."""
    parser = argparse.ArgumentParser(prog="nox -s contract --", description=__doc__, allow_abbrev=False)
    parser.add_argument("--seed", default=USUAL_SEED, help=f"a number, or `random`; {USUAL_SEED} by default")
    known, rest = parser.parse_known_args()
    seed = drawn(known.seed)
    sys.stdout.write(f"seed {seed}\n")
    shutil.rmtree(SEEN, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    # All of them in any case: a failure of one says nothing about the others.
    failed = [exit_status(command) for command in commands(seed, rest)]
    sys.stdout.write(f"seed {seed}: repeat this run with `nox -s contract -- {' '.join(['--seed', seed, *rest])}`\n")
    return max(failed)


def commands(seed: str, rest: list[str]) -> list[list[str]]:
    """The commands: tests, Schemathesis, coverage; with further arguments only the tests."""
    tests = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal", "tests/contract", "--seed", seed]
    if rest:
        return [[*tests, *rest]]
    return [
        [*tests, "--coverage-to", str(SEEN), "--junit-xml", str(BUILD / "contract-tests.xml")],
        program("fuzz", "--short", "--seed", seed, "--coverage-to", str(SEEN), "--junit", str(BUILD / "contract-fuzz.xml")),
        program("coverage", str(SEEN), "--seed", seed),
    ]


def program(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"tests.contract.{name}", *arguments]


def exit_status(command: list[str]) -> int:
    sys.stdout.flush()
    return min(1, abs(subprocess.run(command, cwd=ROOT, check=False).returncode))


if __name__ == "__main__":
    sys.exit(main())
