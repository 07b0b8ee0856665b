"""Generated files are complete, replace the old ones, and are compared with the contract."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen import generate as module
from codegen.__main__ import main
from codegen.contract.yaml import ContractError
from codegen.generate import defined, differences, generate
from codegen.server import models
from tests.kit.codegen.contracts import FILES, edited, written

PACKAGE = "server/steelyard_contract"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small contract and the files that it makes; read only."""
    folder = tmp_path_factory.mktemp("made")
    root = written(folder / "openapi")
    generate(root, folder / "generated")
    return root, folder / "generated"


@pytest.fixture
def target(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the generated files, to be damaged."""
    return shutil.copytree(made[1], tmp_path / "generated")


def run(root: Path, target: Path, *words: str) -> int:
    return main(["--contract", str(root), "--target", str(target), *words])


def test_the_same_contract_makes_the_same_bytes(made: tuple[Path, Path]) -> None:
    assert differences(*made) == []


def change(target: Path) -> None:
    file = target / PACKAGE / "params.py"
    file.write_text(file.read_text("utf-8").replace("ge=1", "ge=0"), "utf-8")


def remove(target: Path) -> None:
    (target / PACKAGE / "py.typed").unlink()


def add(target: Path) -> None:
    (target / PACKAGE / "stale.py").write_text("", "utf-8")


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (change, f"generated/{PACKAGE}/params.py differs"),
        (remove, f"generated/{PACKAGE}/py.typed is missing"),
        (add, f"generated/{PACKAGE}/stale.py is not generated"),
    ],
)
def test_check_names_the_files_that_differ(
    made: tuple[Path, Path], target: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None], line: str
) -> None:
    damage(target)

    assert run(made[0], target, "generate", "--check") == 1
    assert line in capsys.readouterr().err.splitlines()


def test_check_accepts_generated_files(made: tuple[Path, Path], target: Path) -> None:
    assert run(made[0], target, "generate", "--check") == 0


def test_check_ignores_caches_of_python(made: tuple[Path, Path], target: Path) -> None:
    cached = target / PACKAGE / "__pycache__" / "models.pyc"
    cached.parent.mkdir()
    cached.write_bytes(b"")

    assert differences(made[0], target) == []


def test_stale_files_vanish(made: tuple[Path, Path], target: Path) -> None:
    add(target)

    assert run(made[0], target, "generate") == 0
    assert differences(made[0], target) == []


def test_a_contract_that_does_not_bundle_leaves_the_files_unchanged(
    target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = module.files(target)
    broken = edited(tmp_path / "openapi", "paths/things.yaml", "#/ThingCreate'", "#/Nothing'")

    assert run(broken, target, "generate") == 1
    assert "Nothing does not exist" in capsys.readouterr().err
    assert module.files(target) == before


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_generator_that_writes_nothing_is_an_error(
    made: tuple[Path, Path], target: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(models, "render", lambda _document: text)

    with pytest.raises(ContractError, match=r"models.py lacks InProgressProblem, .*Thing"):
        generate(made[0], target)

    assert (target / PACKAGE / "models.py").stat().st_size > 0


def test_a_generator_that_fails_is_an_error(made: tuple[Path, Path], target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "OPTIONS", ("--no-such-option",))

    with pytest.raises(ContractError, match="datamodel-code-generator wrote no models"):
        generate(made[0], target)


def test_an_empty_contract_is_an_error(tmp_path: Path) -> None:
    root = written(tmp_path)
    for file in (tmp_path / "examples").iterdir():
        file.unlink()
    server = FILES["server.yaml"]
    (tmp_path / "server.yaml").write_text(server[: server.index("bounds:")] + "bounds: {}")
    text = root.read_text("utf-8")
    root.write_text(text[: text.index("paths:")] + "paths: {}\n" + text[text.index("components:") :], "utf-8")

    with pytest.raises(ContractError, match=r"responses.py would be empty"):
        generate(root, tmp_path / "generated")


def test_names_are_found_where_they_are_defined() -> None:
    assert defined("class A: ...\nB = 1\nC: int = 2\nD = {'e': 3}\ndef f(): ...") == {"A", "B", "C", "D", "e"}


def test_each_file_names_its_command_and_its_input(made: tuple[Path, Path]) -> None:
    files = list((made[1] / PACKAGE).glob("*.py"))

    assert len(files) == 13
    assert all("`python -m codegen generate` from openapi/" in file.read_text("utf-8").splitlines()[0] for file in files)


RIGHT = """
from steelyard_contract import models as m, params as p, problems, responses as r
from steelyard_contract.operations import OPERATIONS

def handler(thing_id: p.ThingId, idempotency_key: p.IdempotencyKey) -> r.CreateThing201:
    if thing_id > 5:
        raise problems.TooHeavy(most=1000)
    thing = m.Thing.model_construct(id=thing_id, kind=m.Kind.solid, weight=None)
    return r.CreateThing201(body=thing, etag=OPERATIONS["getThing"].path)
"""
WRONG = """from steelyard_contract import models as m, problems, responses as r
problems.TooHeavy()
problems.TooHeavy(most="x")
m.Thing.model_construct(id=1, kind=m.Kind.solid)
m.Thing.model_construct(id=1, kind=m.Kind.solid, weight="x")
m.Thing.model_construct(id=1, kind=m.Kind.solid, weight=None, more=1)
m.ThingCreate(kind=m.Kind.solid, weight=None)
r.CreateThing201(body=m.Thing(id=1, kind=m.Kind.solid, weight=1))
m.Kind.gas
"""


def test_type_checkers_find_wrong_uses_of_generated_code(made: tuple[Path, Path], tmp_path: Path) -> None:
    strict = "[mypy]\nstrict = true\nplugins = pydantic.mypy\n[pydantic-mypy]\ninit_typed = true\n"
    for name, text in {"right.py": RIGHT, "wrong.py": WRONG, "mypy.ini": strict}.items():
        (tmp_path / name).write_text(text, "utf-8")
    environment = {**os.environ, "MYPYPATH": str(made[1] / "server")}
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "right.py", "wrong.py"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)

    errors = {tuple(line.split(":")[:2]) for line in done.stdout.splitlines() if ": error: " in line}
    assert errors == {("wrong.py", str(line)) for line in range(2, 10)}, done.stdout


def test_bundle_prints_the_document(made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, generated = made

    assert run(root, generated, "bundle") == 0
    assert run(root, generated, "bundle", str(tmp_path / "bundle.json")) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["info"]["title"] == "Scales"
    assert (tmp_path / "bundle.json").read_text("utf-8") == printed == (generated / PACKAGE / "openapi.json").read_text("utf-8")


def test_lint_prints_file_line_rule_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = edited(tmp_path, "schemas/things.yaml", "maxLength: 50, ", "")

    assert run(root, tmp_path / "generated", "lint") == 1
    assert capsys.readouterr().err.splitlines() == [f"{tmp_path}/schemas/things.yaml:21: P2: a string needs maxLength"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("schemas/things.yaml", "Spare: {type: string, maxLength: 5}\n", "nothing refers to Spare"),
        ("parameters.yaml", "Spare: {name: spare, in: query, schema: {type: boolean}}\n", "nothing refers to Spare"),
        ("headers.yaml", "Spare: {required: true, schema: {type: boolean}}\n", "nothing refers to Spare"),
        ("problems.yaml", "Spare: {status: 418, title: Spare}\n", "no operation has Spare"),
    ],
)
def test_lint_names_unused_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, message: str) -> None:
    root = written(tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as opened:
        opened.write(text)

    assert run(root, tmp_path / "generated", "lint") == 1
    assert message in capsys.readouterr().err


def test_lint_accepts_a_valid_contract(made: tuple[Path, Path]) -> None:
    assert run(*made, "lint") == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("thing_id: 7", "thing_id: 0", "thing_id: the example is not valid"),
        ("thing_id: 7", "item_id: 7", "getThing has no parameter item_id"),
        ("parameters: {thing_id: 7}", "summary: One", "getThing needs thing_id"),
        ("weight: null", "weight: -1", "the example is not valid, at weight"),
    ],
)
def test_lint_reports_invalid_exchanges(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str) -> None:
    root = edited(tmp_path, "examples/getThing.yaml", old, new)

    assert run(root, tmp_path / "generated", "lint") == 1
    assert message in capsys.readouterr().err
