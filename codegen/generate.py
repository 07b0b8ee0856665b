"""Writes generated/ in one step, or compares it with the files that are there.

Everything is made in a temporary folder, checked, formatted and then swapped in, so that stale files vanish and a generator that writes
nothing is noticed, whatever its exit status.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from codegen import typescript
from codegen.client import package, reference
from codegen.contract.bundle import bundle, to_text
from codegen.contract.document import Document
from codegen.contract.names import schema_class
from codegen.contract.policy import read_policy
from codegen.contract.yaml import ContractError
from codegen.lint import lint
from codegen.server import bounds, headers, models, operations, params, policy, problems, responses

TEMPLATES = Path(__file__).parent / "server" / "templates"
MODULES = {
    "params": ("The types of parameters, as handlers use them: `limit: p.Limit`.", params.render),
    "responses": ("A class for each successful response: `r.CreateOrder201(...)`.", responses.render),
    "problems": ("An exception for each problem: `raise ItemNotFound()`.", problems.render),
    "operations": ("The contract as data, from which the server is compiled.", operations.render),
    "headers": ("The headers and methods that pages of other origins may use, and the headers that never vary.", headers.render),
}
OF_POLICY = {
    "bounds": ("The numbers of the contract that server code uses by name, each with its place in openapi.json.", bounds.render),
    "policy": ("The scopes of each role, and how logins and requests are limited.", policy.render),
}
HEADER = "# Written by `python -m codegen generate` from openapi/; change the contract, never this file.\n"


# The page about all methods of the SDK, in the folder `docs` beside the target, if there is one.
REFERENCE = "sdk.md"


def generate(contract: Path, target: Path) -> str:
    """Replace the folder by what the contract makes; returns a summary."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".generating-") as folder:
        fresh, old = Path(folder) / "fresh", Path(folder) / "old"
        counted = write(contract, fresh)
        if target.exists():
            target.rename(old)
        page = (fresh / REFERENCE).rename(Path(folder) / REFERENCE)
        fresh.rename(target)
        if (documents := target.parent / "docs").is_dir():
            page.replace(documents / REFERENCE)
    return counted


def differences(contract: Path, target: Path) -> list[str]:
    """One line for each file that differs, is missing, or is not generated."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh"
        write(contract, fresh)
        expected, present = files(fresh), files(target)
        page = expected.pop(REFERENCE)
    lines = [f"{target.name}/{name} is missing" for name in sorted(expected.keys() - present.keys())]
    lines += [f"{target.name}/{name} is not generated" for name in sorted(present.keys() - expected.keys())]
    lines += [f"{target.name}/{name} differs" for name in sorted(expected.keys() & present.keys()) if expected[name] != present[name]]
    written = target.parent / "docs" / REFERENCE
    if written.parent.is_dir() and (not written.is_file() or written.read_bytes() != page):
        lines.append(f"docs/{REFERENCE} differs")
    return lines


def files(folder: Path) -> dict[str, bytes]:
    """The bytes of every file by its path, without caches."""
    paths = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in paths}


def write(contract: Path, target: Path) -> str:
    """Write everything into a new folder; returns a summary."""
    document = bundle(contract)
    server = target / "server" / models.PACKAGE
    server.mkdir(parents=True)
    (server / "openapi.json").write_text(to_text(document), "utf-8")
    (server / "py.typed").write_text("", "utf-8")
    walked = Document(document)
    lint.check(walked)
    rules = read_policy(contract, walked)
    texts = {template.stem: template.read_text("utf-8") for template in TEMPLATES.glob("*.py")}
    texts |= {name: f'"""{title}"""\n{render(walked)}' for name, (title, render) in MODULES.items()}
    texts |= {name: f'"""{title}"""\n{render(rules)}' for name, (title, render) in OF_POLICY.items()}
    texts["models"] = models.render(walked)
    for name, text in texts.items():
        (server / f"{name}.py").write_text(HEADER + text, "utf-8")
    format_code(server)
    counted = check_complete(walked, server)
    client = target / "client" / package.name_of(walked)
    client.parent.mkdir(parents=True)
    (target / REFERENCE).write_text(reference.text(package.write_package(walked, client, rules.sign_out)), "utf-8")
    format_code(client, "--config", "lint.isort.combine-as-imports = true")
    types = target / "typescript"
    types.mkdir()
    (types / "openapi.d.ts").write_text("//" + HEADER.removeprefix("#") + typescript.render(walked), "utf-8")
    return counted


def format_code(folder: Path, *options: str) -> None:
    """Format the folder, and remove unused imports."""
    common = (*options, "--isolated", "--line-length", "140", "--target-version", "py311", "--quiet", str(folder))
    # In an `__init__.py`, too: ours list what they export.
    inits = ("--unsafe-fixes", "--config", "lint.ignore-init-module-imports = false")
    for command in (("check", "--select", "F401,I", "--fix", *inits, *common), ("format", *common)):
        done = subprocess.run([sys.executable, "-m", "ruff", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ContractError(f"ruff rejects the generated code: {done.stdout}{done.stderr}")


def check_complete(document: Document, server: Path) -> str:
    """Check that every part of the contract was written: generators skip parts and exit 0."""
    ids = [operation.id for operation in document.operations()]
    expected = {
        "models": [schema_class(name) for name in document.components("schemas")],
        "problems": document.components("responses"),
        "responses": [responses.class_name(operation, each) for operation in document.operations() for each in operation.successes()],
        "operations": ids,
    }
    for module, names in expected.items():
        text = (server / f"{module}.py").read_text("utf-8")
        if missing := sorted(set(names) - defined(text)):
            raise ContractError(f"{module}.py lacks {', '.join(missing)}: the generator skipped them without an error.")
        if not names:
            raise ContractError(f"{module}.py would be empty. Is this the right openapi.yaml?")
    return f"{len(ids)} operations, {len(expected['models'])} schemas, {len(expected['problems'])} problems"


def defined(text: str) -> set[str]:
    """Top-level names of a module, and the keys of its dictionaries."""
    names: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets: Iterable[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
            keys = node.value.keys if isinstance(node.value, ast.Dict) else []
            names |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return names
