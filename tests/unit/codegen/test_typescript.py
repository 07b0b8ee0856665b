"""The TypeScript types cover the whole contract, or none are written."""

import re
from pathlib import Path

import pytest

from codegen import typescript
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.yaml import ContractError
from codegen.typescript import declarations, render
from tests.kit.codegen.contracts import written


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return Document(bundle(written(tmp_path_factory.mktemp("typescript"))))


@pytest.fixture(scope="module")
def made(document: Document) -> str:
    return declarations(document)


def test_schemas_and_problems_have_named_types(document: Document) -> None:
    text = render(document)

    assert text.startswith("export interface paths {\n")
    assert 'export type Thing = components["schemas"]["Thing"];\n' in text
    assert "export type Problem =\n    | " in text
    assert "    | TooHeavyProblem" in text
    assert "export type Refusal<Id extends keyof operations> = {" in text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r'        get: operations\["getThing"\];\n', "the path of getThing"),
        (r"    getThing: \{\n", "the operation getThing"),
        (r"        ThingCreate: \{\n", "the schema ThingCreate"),
        (r"(?s).*", "the path of createThing, getThing"),
    ],
)
def test_a_generator_that_skips_a_part_is_an_error(
    document: Document, made: str, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.setattr(typescript, "declarations", lambda _document: re.sub(line, "", made, count=1))

    with pytest.raises(ContractError, match=f"openapi.d.ts lacks {message}"):
        render(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPTIONS", ("--help",)), ("PROGRAM", Path("openapi-typescript", "nowhere.js"))],
    ids=["writes nothing and exits 0", "fails"],
)
def test_a_generator_that_writes_no_file_is_an_error(document: Document, monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(typescript, name, value)

    with pytest.raises(ContractError, match=r"openapi-typescript wrote no types, exit status [01]: "):
        render(document)
