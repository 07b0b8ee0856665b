"""Drifts of the contract itself and of what is generated from it, which lint and the comparison must notice before anything runs."""

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
    Rewrite(
        "less", "a member of an answer need not be there", "schemas/items.yaml", "    - available\n    - on_hand\n", "    - available\n"
    ),
    Rewrite(
        "source",
        "an object is open",
        "schemas/items.yaml",
        "recordStockMovement.\n  additionalProperties: false\n",
        "recordStockMovement.\n",
    ),
    Rewrite("source", "an extension that nobody enforces", "openapi.yaml", "openapi: 3.1.1", "openapi: 3.1.1\nx-surprise: true"),
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
    file.write_text(file.read_text("utf-8") + "\n# A word by hand.\n", "utf-8")


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


def judged() -> list[Outcome]:
    """What lint and the comparison say of each."""
    return [*(_linted(one) for one in REWRITES), *(_compared(text, tamper) for text, tamper in TAMPERINGS.items()), _counted()]


def _linted(one: Rewrite) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
        folder = Path(name) / "openapi"
        shutil.copytree(CONTRACT, folder)
        file = folder / one.file
        source = file.read_text("utf-8")
        assert source.count(one.old) == 1, f"{one.text}: the text to change stands {source.count(one.old)} times in {one.file}"
        file.write_text(source.replace(one.old, one.new), "utf-8")
        try:
            found = lint.lint(folder / "openapi.yaml")
        except ContractError as error:
            found = str(error).splitlines()
    return _outcome(one.row, one.text, found[0].rpartition("/openapi/")[2] if found else "")


def _compared(text: str, tamper: Callable[[Path], None]) -> Outcome:
    """What is committed is what the contract makes, which its own gate holds; so the comparison is tried without making it again."""
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
            found = generate.differences(CONTRACT / "openapi.yaml", folder)
    finally:
        generate.write = plain
    return _outcome("source", text, found[0] if found else "")


def _counted() -> Outcome:
    """A generator that writes next to nothing and ends well."""
    with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
        folder = Path(name) / "steelyard_contract"
        shutil.copytree(GENERATED / "server" / "steelyard_contract", folder)
        (folder / "models.py").write_text('"""Nothing."""\n', "utf-8")
        try:
            generate.check_complete(Document(bundle(CONTRACT / "openapi.yaml")), folder)
        except ContractError as error:
            return _outcome("source", "a generator writes nothing", str(error).splitlines()[0])
    return _outcome("source", "a generator writes nothing", "")


def _outcome(row: str, text: str, finding: str) -> Outcome:
    return Outcome(f"text: {text}", row, text, "L" if finding else None, finding[:200], "L", 0)
