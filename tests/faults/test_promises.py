"""Every promise of docs/reliability.md has a test, and every test that claims to prove a promise names one of them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.kit.project import ROOT

PAGE = ROOT / "docs" / "reliability.md"
ROW = re.compile(r"^\| (R\d+) \|.*\|$", re.MULTILINE)


def promised() -> list[str]:
    return ROW.findall(PAGE.read_text())


def proofs(path: Path) -> Iterator[tuple[str, str]]:
    """Promise and test name for each `@pytest.mark.promise("R1")` of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
                    yield from ((ast.literal_eval(argument), node.name) for argument in mark.args)


@cache
def proven() -> dict[str, set[Path]]:
    paths: dict[str, set[Path]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for promise, _ in proofs(path):
            paths.setdefault(promise, set()).add(path)
    return paths


def test_each_promise_is_in_the_table_once() -> None:
    assert promised()
    assert len(promised()) == len(set(promised()))


def test_every_promise_has_a_test() -> None:
    assert set(promised()) - proven().keys() == set()


def test_every_proof_names_a_promise() -> None:
    assert proven().keys() - set(promised()) == set()


def test_the_table_links_to_the_files_that_prove_a_promise() -> None:
    for line in PAGE.read_text().splitlines():
        if match := ROW.match(line):
            linked = {(PAGE.parent / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", line)}
            assert linked >= proven()[match[1]], f"{match[1]} does not link to every file that proves it"
