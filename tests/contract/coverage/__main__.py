"""Adds up what the processes of a run have seen, writes the report, and fails when the contract was not covered."""

import argparse
import sys
from pathlib import Path

from tests.contract.coverage.cases import cases
from tests.contract.coverage.gate import Exceptions, complaints
from tests.contract.coverage.report import Outcome, Sight, share, verdict, write
from tests.kit.contract.checker import CONTRACT

EXCEPTIONS = Path(__file__).parents[1] / "exceptions.txt"
MAX_PRINTED = 20


def outcome(folder: Path, seed: str) -> Outcome:
    """A run's files, held against the document and the exceptions."""
    wanted, sight = cases(CONTRACT), Sight.of(folder)
    exceptions = Exceptions.read(EXCEPTIONS.read_text("utf-8"))
    names = [str(case) for case in wanted]
    found = [*complaints(names, sight.shown, exceptions), *sorted(sight.contradictions)]
    excused = frozenset(case for about in exceptions.excused(names).values() for case in about)
    files = {name: folder.parent / f"contract-{name}.xml" for name in ("tests", "fuzz")}
    verdicts = {name: verdict(path) for name, path in files.items() if path.is_file()}
    return Outcome(wanted, sight, excused, found, seed, verdicts)


def main() -> int:
    """0 when all was seen but what is excepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.coverage", description=__doc__)
    parser.add_argument("folder", type=Path, help="what `--coverage-to` named")
    parser.add_argument("--seed", default="unknown", help="of the run, for the report")
    given = parser.parse_args()
    told = outcome(given.folder, given.seed)
    write(told, given.folder.parent)
    for name, *row in told.rows():
        sys.stdout.write(f"{name:10} {row[1]:5} of {row[0]:5} seen, {row[2]:3} excepted  {share(*row):>9}\n")
    count, seen, excepted = told.total()
    exchanges = told.sight.exchanges.total()
    sys.stdout.write(
        f"contract coverage {share(count, seen, excepted)}: {seen} of {count} cases in {exchanges} exchanges, seed {given.seed}\n"
    )
    sys.stdout.writelines(f"not seen: {one}\n" for one in told.missing[:MAX_PRINTED])
    sys.stdout.writelines(f"finding: {one}\n" for one in told.complaints)
    sys.stdout.write(f"report: {given.folder.parent / 'contract-report.md'}\n")
    return bool(told.complaints)


if __name__ == "__main__":
    sys.exit(main())
