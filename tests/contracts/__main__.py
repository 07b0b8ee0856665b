"""Tests a contract of the folder tests/contracts: its own files, what is generated of them, and a server for it.

`nox -s contract -- --contract tests/contracts/workshop` runs this. Everything is made anew in build/contracts/.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.contracts.subject import ENVIRONMENT

ROOT = Path(__file__).parents[2]
HERE = Path("tests", "contracts")
USUAL_SEED = "42"


class Contract:
    """A folder with openapi/, server/ and exceptions.txt."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder, self.seed = folder, seed
        self.build = ROOT / "build" / "contracts" / folder.name
        self.generated = self.build / "generated"
        sources = (self.generated / "server", self.generated / "client", ROOT, ROOT / "server", ROOT / "client", ROOT / folder / "server")
        self.environment = {**os.environ, ENVIRONMENT: str(folder), "PYTHONPATH": os.pathsep.join(map(str, sources))}
        self.types = {
            **self.environment,
            "MYPYPATH": os.pathsep.join(map(str, sources)),
            "MYPY_CACHE_DIR": str(ROOT / ".cache" / "mypy-contracts"),
        }

    def codegen(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "codegen", "--contract", str(self.folder), "--target", str(self.generated), *arguments]

    def making(self) -> Iterator[list[str]]:
        """What the others need, one after the other."""
        yield self.codegen("lint")
        yield self.codegen("generate")

    def beside(self) -> list[str]:
        """What runs beside the tests."""
        return [sys.executable, "-m", "mypy", "--config-file", str(HERE / "mypy.ini"), *self.packages()]

    def packages(self) -> list[str]:
        """The server and what is generated, for mypy."""
        names = [self.folder.name, *(path.name for side in ("server", "client") for path in sorted((self.generated / side).iterdir()))]
        return [argument for name in names for argument in ("-p", name)]

    def tests(self, rest: Sequence[str]) -> list[str]:
        seen = self.build / "coverage"
        plain = [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(HERE / "pytest.toml"),
            "--rootdir",
            ".",
            str(HERE / "gates"),
            "--seed",
            self.seed,
        ]
        return [*plain, *(rest or ("-q", "-n", "2", "--coverage-to", str(seen), "--junit-xml", str(self.build / "contract-tests.xml")))]

    def after(self) -> Iterator[list[str]]:
        yield self.codegen("redocly")
        yield [sys.executable, "-m", "tests.contracts.fuzzing", "--seed", self.seed, "--coverage-to", str(self.build / "coverage")]
        listed = str(self.folder / "exceptions.txt")
        yield [sys.executable, "-m", "tests.contract.coverage", str(self.build / "coverage"), "--seed", self.seed, "--exceptions", listed]

    def run(self, rest: Sequence[str], *, mutants: bool) -> int:
        """0 if all of it passes."""
        shutil.rmtree(self.build / "coverage", ignore_errors=True)
        self.build.mkdir(parents=True, exist_ok=True)
        for command in self.making():
            if status := self.status(command):
                return status
        if mutants:
            return self.status([sys.executable, "-m", "tests.contracts.mutants", "--seed", self.seed, *rest])
        if rest:
            return self.status(self.tests(rest))
        checking = subprocess.Popen(self.beside(), cwd=ROOT, env=self.types, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        failed = [self.status(self.tests(())), *map(self.status, self.after())]
        output, _ = checking.communicate()
        sys.stdout.write(output)
        return max(min(1, abs(status)) for status in [*failed, int(checking.returncode)])

    def status(self, command: list[str]) -> int:
        sys.stdout.flush()
        return subprocess.run(command, cwd=ROOT, env=self.environment, check=False).returncode


def main() -> int:
    """0 if all parts pass. Arguments that are not listed go to pytest, which is then the only part, or to --mutants."""
    parser = argparse.ArgumentParser(prog="nox -s contract --", description=__doc__, allow_abbrev=False)
    parser.add_argument("--contract", type=Path, required=True, help="the folder of the contract, such as tests/contracts/workshop")
    parser.add_argument("--seed", default=USUAL_SEED, help=f"a number; {USUAL_SEED} by default")
    parser.add_argument("--mutants", action="store_true", help="plant faults in the server, which the tests must detect")
    known, rest = parser.parse_known_args()
    folder = known.contract.resolve()
    if not (folder / "openapi" / "openapi.yaml").is_file() or not folder.is_relative_to(ROOT):
        parser.error(
            f"{known.contract} is no folder of this repository with openapi/openapi.yaml in it: name one, such as tests/contracts/workshop"
        )
    began = time.monotonic()
    status = Contract(folder.relative_to(ROOT), known.seed).run(rest, mutants=known.mutants)
    sys.stdout.write(f"{known.contract}: {'passed' if status == 0 else 'failed'} in {time.monotonic() - began:.0f} s, seed {known.seed}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
