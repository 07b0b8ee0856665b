"""The public names of an SDK and what stands behind each, read from its files by griffe; nothing of it is run.

Public is what `steelyard_client` lists, what the modules in that list list, and the members of those classes. To it comes what nobody
can name but everybody is given: classes that a public function, property or constant is annotated with, as `client.items` is.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import griffe

PACKAGES = ("steelyard_client", "steelyard_runtime")
# Of the special methods, what syntax calls, and `Steelyard(...)`. How an object prints or pickles itself is its own affair.
SYNTAX = "init call enter exit aenter aexit iter aiter next anext await len getitem contains eq bool"
SPECIAL = {f"__{name}__" for name in SYNTAX.split()}


@dataclass(frozen=True, slots=True)
class Surface:
    """The public names of one SDK."""

    names: Mapping[str, griffe.Object]
    """By the name that its users write, `models.Item.title`; that of a class which is only given begins with the class, `Items.list`."""
    listed: frozenset[str]
    """Those that users import, without members."""
    ancestors: Mapping[str, frozenset[str]]
    """The names of all the classes that a class derives from, as `except` and `isinstance` ask for them; by the name of the class."""

    def place(self, name: str) -> str:
        """The file and the line of a name."""
        there = self.names[name]
        file = there.filepath
        package = next((number for number, part in enumerate(file.parts) if part in PACKAGES), 0) if isinstance(file, Path) else 0
        return f"{Path(*file.parts[package:])}:{there.lineno}" if isinstance(file, Path) else there.path


def surface(*folders: Path) -> Surface:
    """What the SDK in these folders offers."""
    loader = griffe.GriffeLoader(search_paths=list(folders), allow_inspection=False)
    root, _ = (loader.load(package) for package in PACKAGES)
    loader.resolve_aliases(implicit=True, external=False)
    assert isinstance(root, griffe.Module)
    listed = dict(_listed(root))
    names, waiting, seen = dict(listed), list(listed.items()), {one.path for one in listed.values()}
    ancestors: dict[str, frozenset[str]] = {}
    while waiting:
        name, there = waiting.pop()
        if isinstance(there, griffe.Class):
            ancestors[name] = frozenset(_ancestors(there))
            # Made by the SDK itself: who is only given objects of a class does not call it.
            made_inside = name not in listed or ("Model" in ancestors[name] and f"{name}Dict" not in listed)
            inside = {f"{name}.{key}": one for key, one in _members(there).items() if not (made_inside and key == "__init__")}
            names.update(inside)
            waiting += inside.items()
            continue
        for path in _given(there, in_class="." in name and isinstance(there.parent, griffe.Class)):
            kind = _found(loader, path)
            if kind is not None and kind.path not in seen:
                seen.add(kind.path)
                names[kind.name] = kind
                waiting.append((kind.name, kind))
    return Surface(names, frozenset(listed), ancestors)


def _listed(root: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    for name in _exports(root):
        there = _behind(root.members[name])
        yield name, there
        if isinstance(there, griffe.Module):
            for inner in _exports(there):
                yield f"{name}.{inner}", _behind(there.members[inner])


def _exports(module: griffe.Module) -> Sequence[str]:
    """`__all__`, or where that is worked out at run time what type checkers take for it: `from ... import A as B`."""
    if module.exports:
        return sorted(str(name) for name in module.exports if str(name) in module.members)
    assert isinstance(module.filepath, Path)
    imports = (node for node in ast.walk(ast.parse(module.filepath.read_text("utf-8"))) if isinstance(node, ast.ImportFrom))
    return sorted({one.asname for node in imports for one in node.names if one.asname is not None})


def _members(kind: griffe.Class) -> dict[str, griffe.Object]:
    found = {name: one for name, one in kind.all_members.items() if not name.startswith("_") or name in SPECIAL}
    return {name: _behind(one) for name, one in found.items()}


def _behind(there: griffe.Object | griffe.Alias) -> griffe.Object:
    return there.final_target if isinstance(there, griffe.Alias) else there


def _ancestors(kind: griffe.Class) -> Iterator[str]:
    for base in kind.bases:
        yield str(base).partition("[")[0].rpartition(".")[2]
    for parent in kind.resolved_bases:
        if isinstance(there := _behind(parent), griffe.Class):
            yield from _ancestors(there)


def _given(there: griffe.Object, *, in_class: bool) -> Iterator[str]:
    """The classes that somebody is given who calls this, or reads it. What an object keeps in its attributes is not meant for everybody."""
    if isinstance(there, griffe.Function):
        told: object = there.returns
    elif isinstance(there, griffe.Attribute) and (not in_class or "property" in there.labels):
        told = there.annotation
    else:
        return
    if isinstance(told, griffe.Expr):
        yield from (one.canonical_path for one in told.iterate(flat=True) if isinstance(one, griffe.ExprName))


def _found(loader: griffe.GriffeLoader, path: str) -> griffe.Class | None:
    try:
        there = _behind(loader.modules_collection[path])
    except (KeyError, griffe.AliasResolutionError):
        return None
    return there if isinstance(there, griffe.Class) else None
