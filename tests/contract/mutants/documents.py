"""Faults in the contract and in generated files, which lint and the comparison must detect before anything runs."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codegen import generate
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.yaml import ContractError
from codegen.lint import lint
from tests.contract.mutants.engine import Outcome
from tests.kit.project import ROOT

CONTRACT = ROOT / "openapi"
GENERATED = ROOT / "generated"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One change of the contract's source."""

    row: str
    text: str
    file: str
    old: str
    new: str


REWRITES = [
    Rewrite("less", "a member of a response is optional", "schemas/items.yaml", "    - available\n    - on_hand\n", "    - available\n"),
    Rewrite(
        "source",
        "an object is open",
        "schemas/items.yaml",
        "recordStockMovement.\n  additionalProperties: false\n",
        "recordStockMovement.\n",
    ),
    Rewrite("source", "an extension that nothing enforces", "openapi.yaml", "openapi: 3.1.1", "openapi: 3.1.1\nx-surprise: true"),
    Rewrite(
        "source",
        "a text without a bound",
        "schemas/items.yaml",
        "      description: One line.\n      minLength: 1\n      maxLength: 200\n",
        "      description: One line.\n      minLength: 1\n",
    ),
    Rewrite(
        "source",
        "an example that breaks its schema",
        "examples/recordStockMovement.yaml",
        "reason: received, note",
        "reason: surprise, note",
    ),
    Rewrite(
        "source",
        "a header that may be missing",
        "headers.yaml",
        "ETag:\n  required: true\n  description: >-\n    The version of the resource.",
        "ETag:\n  description: >-\n    The version of the resource.",
    ),
]


def _edited(folder: Path) -> None:
    file = next(folder.rglob("models.py"))
    file.write_text(file.read_text("utf-8") + "\n# Edited by hand.\n", "utf-8")


def _left_over(folder: Path) -> None:
    (next(folder.rglob("models.py")).parent / "old_models.py").write_text("", "utf-8")


def _lost(folder: Path) -> None:
    next(folder.rglob("responses.py")).unlink()


def _stale(folder: Path) -> None:
    file = next(folder.rglob("openapi.json"))
    file.write_text(file.read_text("utf-8").replace('"maximum": 100', '"maximum": 101', 1), "utf-8")


TAMPERINGS: dict[str, Callable[[Path], None]] = {
    "a generated file is edited by hand": _edited,
    "a generated file is left over": _left_over,
    "a generated file is lost": _lost,
    "the bundle is that of another contract": _stale,
}


def outcomes() -> list[Outcome]:
    """The errors of lint and of the comparison."""
    return [*(_linted(rewrite) for rewrite in REWRITES), *(_compared(text, tamper) for text, tamper in TAMPERINGS.items()), _counted()]


def _linted(rewrite: Rewrite) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
        folder = Path(name) / "openapi"
        shutil.copytree(CONTRACT, folder)
        file = folder / rewrite.file
        source = file.read_text("utf-8")
        assert source.count(rewrite.old) == 1, (
            f"{rewrite.text}: the text to change occurs {source.count(rewrite.old)} times in {rewrite.file}"
        )
        file.write_text(source.replace(rewrite.old, rewrite.new), "utf-8")
        try:
            errors = lint.lint(folder / "openapi.yaml")
        except ContractError as error:
            errors = str(error).splitlines()
    return _outcome(rewrite.row, rewrite.text, errors[0].rpartition("/openapi/")[2] if errors else "")


def _compared(text: str, tamper: Callable[[Path], None]) -> Outcome:
    """Other checks compare the committed files with what the contract generates, so this comparison does not generate them again."""
    plain = generate.write

    def write(contract: Path, target: Path) -> str:
        shutil.copytree(GENERATED, target)
        shutil.copyfile(ROOT / "docs" / generate.REFERENCE, target / generate.REFERENCE)
        return ""

    generate.write = write
    try:
        with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
            folder = Path(name) / "generated"
            shutil.copytree(GENERATED, folder)
            tamper(folder)
            errors = generate.differences(CONTRACT / "openapi.yaml", folder)
    finally:
        generate.write = plain
    return _outcome("source", text, errors[0] if errors else "")


def _counted() -> Outcome:
    """A generator that writes almost nothing and exits successfully."""
    with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
        folder = Path(name) / "steelyard_contract"
        shutil.copytree(GENERATED / "server" / "steelyard_contract", folder)
        (folder / "models.py").write_text('"""Nothing."""\n', "utf-8")
        try:
            generate.check_complete(Document(bundle(CONTRACT / "openapi.yaml")), folder)
        except ContractError as error:
            return _outcome("source", "a generator writes nothing", str(error).splitlines()[0])
    return _outcome("source", "a generator writes nothing", "")


def _outcome(row: str, text: str, evidence: str) -> Outcome:
    return Outcome(f"text: {text}", row, text, "L" if evidence else None, evidence[:200], "L", 0)
