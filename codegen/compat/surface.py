"""The public names of an SDK and their definitions. griffe reads them from the files and runs no code.

Public are the names in `__all__` of `steelyard_client`, the names in `__all__` of modules among them, and the members of these classes.
Also public are classes that users cannot import but get: those in the annotation of a public function, property or constant, as
`client.items`.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import griffe

PACKAGES = ("steelyard_client", "steelyard_runtime")
# The special methods that syntax calls, and `Steelyard(...)`. The format of `repr` and pickles is private.
SYNTAX = "init call enter exit aenter aexit iter aiter next anext await len getitem contains eq bool"
SPECIAL = {f"__{name}__" for name in SYNTAX.split()}


@dataclass(frozen=True, slots=True)
class Surface:
    """The public names of one SDK."""

    names: Mapping[str, griffe.Object]
    """By the name in programs, `models.Item.title`; for a class that users cannot import, by the name of the class, `Items.list`."""
    listed: frozenset[str]
    """The names that users import, without members."""
    ancestors: Mapping[str, frozenset[str]]
    """The names of all bases of a class, which `except` and `isinstance` check; by the name of the class."""

    def place(self, name: str) -> str:
        """The file and the line of a name."""
        definition = self.names[name]
        file = definition.filepath
        package = next((number for number, part in enumerate(file.parts) if part in PACKAGES), 0) if isinstance(file, Path) else 0
        return f"{Path(*file.parts[package:])}:{definition.lineno}" if isinstance(file, Path) else definition.path


def surface(*folders: Path) -> Surface:
    """Read the public interface of the SDK in these folders."""
    loader = griffe.GriffeLoader(search_paths=list(folders), allow_inspection=False)
    root, _ = (loader.load(package) for package in PACKAGES)
    loader.resolve_aliases(implicit=True, external=False)
    assert isinstance(root, griffe.Module)
    listed = dict(_listed(root))
    names, waiting, seen = dict(listed), list(listed.items()), {definition.path for definition in listed.values()}
    ancestors: dict[str, frozenset[str]] = {}
    while waiting:
        name, definition = waiting.pop()
        if isinstance(definition, griffe.Class):
            ancestors[name] = frozenset(_ancestors(definition))
            # Users do not call a class whose objects only the SDK creates.
            made_inside = name not in listed or ("Model" in ancestors[name] and f"{name}Dict" not in listed)
            inside = {f"{name}.{key}": member for key, member in _members(definition).items() if not (made_inside and key == "__init__")}
            names.update(inside)
            waiting += inside.items()
            continue
        for path in _annotated_classes(definition, in_class="." in name and isinstance(definition.parent, griffe.Class)):
            kind = _find_class(loader, path)
            if kind is not None and kind.path not in seen:
                seen.add(kind.path)
                names[kind.name] = kind
                waiting.append((kind.name, kind))
    return Surface(names, frozenset(listed), ancestors)


def _listed(root: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    for name in _exports(root):
        definition = _resolve_alias(root.members[name])
        yield name, definition
        if isinstance(definition, griffe.Module):
            for inner in _exports(definition):
                yield f"{name}.{inner}", _resolve_alias(definition.members[inner])


def _exports(module: griffe.Module) -> Sequence[str]:
    """`__all__`, or if that is computed at run time, its equivalent for type checkers: `from ... import A as B`."""
    if module.exports:
        return sorted(str(name) for name in module.exports if str(name) in module.members)
    assert isinstance(module.filepath, Path)
    imports = (node for node in ast.walk(ast.parse(module.filepath.read_text("utf-8"))) if isinstance(node, ast.ImportFrom))
    return sorted({alias.asname for node in imports for alias in node.names if alias.asname is not None})


def _members(kind: griffe.Class) -> dict[str, griffe.Object]:
    members = kind.all_members.items()
    return {name: _resolve_alias(member) for name, member in members if not name.startswith("_") or name in SPECIAL}


def _resolve_alias(definition: griffe.Object | griffe.Alias) -> griffe.Object:
    return definition.final_target if isinstance(definition, griffe.Alias) else definition


def _ancestors(kind: griffe.Class) -> Iterator[str]:
    for base in kind.bases:
        yield str(base).partition("[")[0].rpartition(".")[2]
    for parent in kind.resolved_bases:
        if isinstance(definition := _resolve_alias(parent), griffe.Class):
            yield from _ancestors(definition)


def _annotated_classes(definition: griffe.Object, *, in_class: bool) -> Iterator[str]:
    """The classes in the annotation of a result or a property; plain attributes of objects are not public."""
    if isinstance(definition, griffe.Function):
        annotation: object = definition.returns
    elif isinstance(definition, griffe.Attribute) and (not in_class or "property" in definition.labels):
        annotation = definition.annotation
    else:
        return
    if isinstance(annotation, griffe.Expr):
        yield from (name.canonical_path for name in annotation.iterate(flat=True) if isinstance(name, griffe.ExprName))


def _find_class(loader: griffe.GriffeLoader, path: str) -> griffe.Class | None:
    try:
        definition = _resolve_alias(loader.modules_collection[path])
    except (KeyError, griffe.AliasResolutionError):
        return None
    return definition if isinstance(definition, griffe.Class) else None
