"""No file has more than 300 lines without a reason."""

from pathlib import Path

import pytest

from tests.kit.project import ROOT

MAX_LINES = 300
# A reason is removed once its file is clearly shorter, so that a few lines do not bring it back.
SHORT_LINES = 280
FOLDERS = ("server", "codegen", "client", "tests", "benchmarks")
# These follow the documentation of their frameworks.
LEFT_OUT = ("benchmarks/peers/",)

CASES = "one table of cases"
SUBJECT = "one subject whose tests share their parts"
FAULTS = "one table of planted faults"
REASONS = {
    "server/steelyard/db/migrations/versions/0001_initial.py": "the first schema of the database",
    "server/steelyard/features/auth/queries.py": "every statement about credentials; a folder when it grows",
    "server/steelyard/features/items/queries.py": "every statement about items; a folder when it grows",
    "codegen/compat/operations.py": "one walk over two documents",
    "tests/kit/codegen/contract_edits.py": CASES,
    "tests/kit/contract/checker.py": "the second opinion about the contract, read as a whole",
    "tests/kit/model/machine.py": "one state machine",
    "tests/kit/world/market.py": "one class with a method for each fact that tests arrange",
    "tests/kit/world/world.py": "one class with a method for each fact that tests arrange",
    "tests/contract/coverage/keywords.py": "one list of keywords",
    "tests/contract/coverage/reading.py": "one reading of an exchange",
    "tests/contract/mutants/effects.py": FAULTS,
    "tests/contract/mutants/laws.py": FAULTS,
    "tests/contract/mutants/requests.py": FAULTS,
    "tests/contract/mutants/responses.py": FAULTS,
    "tests/contract/mutants/witnesses.py": "the exchanges that would notice a change of the document, one kind after the other",
    "tests/contract/test_examples.py": SUBJECT,
    "tests/contract/test_fastapi.py": SUBJECT,
    "tests/contract/test_permissions.py": "the permission matrix and the rules that it is computed from",
    "tests/contract/test_problems.py": CASES,
    "tests/faults/test_canary.py": "one careless client and all that it sends",
    "tests/e2e/test_seed_stories.py": CASES,
    "tests/sdk/test_auth.py": SUBJECT,
    "tests/sdk/test_responses.py": SUBJECT,
    "tests/project/test_style.py": "every rule with its cases",
    "tests/unit/cli/test_wrong_input.py": CASES,
    "tests/unit/codegen/compat/sdk_edits.py": CASES,
    "tests/unit/codegen/compat/test_releases.py": SUBJECT,
    "tests/unit/codegen/lint/test_rules.py": CASES,
    "tests/unit/db/test_transaction.py": SUBJECT,
    "tests/unit/features/orders/test_grouping.py": SUBJECT,
    "tests/unit/features/orders/test_placing.py": SUBJECT,
    "tests/unit/security/test_access_tokens.py": SUBJECT,
    "tests/unit/security/test_authenticator.py": SUBJECT,
    "tests/unit/serving/test_protocol.py": SUBJECT,
    "tests/unit/telemetry/test_metrics.py": SUBJECT,
}


def longer_than(lines: int, root: Path) -> set[str]:
    files = (file for folder in FOLDERS for file in (root / folder).rglob("*.py"))
    names = (file.relative_to(root).as_posix() for file in files if len(file.read_text("utf-8").splitlines()) > lines)
    return {name for name in names if not name.startswith(LEFT_OUT)}


def test_a_long_file_has_a_reason() -> None:
    assert longer_than(MAX_LINES, ROOT) - REASONS.keys() == set(), "split the file, or add a reason here"


def test_a_reason_belongs_to_a_long_file() -> None:
    assert REASONS.keys() - longer_than(SHORT_LINES, ROOT) == set(), "remove the reason"


@pytest.mark.parametrize(("lines", "long"), [(MAX_LINES, set()), (MAX_LINES + 1, {"server/steelyard/long.py"})])
def test_a_file_is_long_if_it_has_one_line_more_than_allowed(lines: int, long: set[str], tmp_path: Path) -> None:
    file = tmp_path / "server" / "steelyard" / "long.py"
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\n" * lines)

    assert longer_than(MAX_LINES, tmp_path) == long
