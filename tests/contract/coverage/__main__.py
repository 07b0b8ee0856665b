"""Adds up what the processes of a run have seen, writes the report, and fails if the contract was not covered."""

import argparse
import sys
from pathlib import Path

from tests.contract.coverage.cases import cases
from tests.contract.coverage.gate import Exceptions, complaints
from tests.contract.coverage.report import Outcome, Sight, count_tests, share, write
from tests.kit.contract.checker import CONTRACT

EXCEPTIONS = Path(__file__).parents[1] / "exceptions.txt"
MAX_PRINTED = 20


def outcome(folder: Path, seed: str, listed: Path = EXCEPTIONS) -> Outcome:
    """The files of a run, compared with the document and the exceptions."""
    known, sight = cases(CONTRACT), Sight.of(folder)
    exceptions = Exceptions.read(listed.read_text("utf-8"))
    names = [str(case) for case in known]
    wrong = [*complaints(names, sight.shown, exceptions), *sorted(sight.contradictions)]
    excused = frozenset(case for matched in exceptions.excused(names).values() for case in matched)
    files = {name: folder.parent / f"contract-{name}.xml" for name in ("tests", "fuzz")}
    counts = {name: count_tests(path) for name, path in files.items() if path.is_file()}
    return Outcome(known, sight, excused, wrong, seed, counts)


def main() -> int:
    """0 if all cases were seen or are excepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.coverage", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of `--coverage-to`")
    parser.add_argument("--seed", default="unknown", help="seed of the run, for the report")
    parser.add_argument("--exceptions", type=Path, default=EXCEPTIONS, help="cases that cannot be shown, with reasons")
    parsed = parser.parse_args()
    result = outcome(parsed.folder, parsed.seed, parsed.exceptions)
    write(result, parsed.folder.parent)
    for name, *row in result.rows():
        sys.stdout.write(f"{name:10} {row[1]:5} of {row[0]:5} seen, {row[2]:3} excepted  {share(*row):>9}\n")
    count, seen, excepted = result.total()
    exchanges = result.sight.exchanges.total()
    sys.stdout.write(
        f"contract coverage {share(count, seen, excepted)}: {seen} of {count} cases in {exchanges} exchanges, seed {parsed.seed}\n"
    )
    sys.stdout.writelines(f"not seen: {case}\n" for case in result.missing[:MAX_PRINTED])
    sys.stdout.writelines(f"complaint: {complaint}\n" for complaint in result.complaints)
    sys.stdout.write(f"report: {parsed.folder.parent / 'contract-report.md'}\n")
    return bool(result.complaints)


if __name__ == "__main__":
    sys.exit(main())
