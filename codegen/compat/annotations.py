"""Whether an annotation covers another: `int | None` accepts every value of `int`, not the other way round."""

import ast

# Each type is accepted where a type of its set is.
WITHIN = {
    "bool": {"int", "float"},
    "int": {"float"},
    "list": {"Sequence", "Collection", "Iterable"},
    "tuple": {"Sequence", "Collection", "Iterable"},
    "Sequence": {"Collection", "Iterable"},
    "Collection": {"Iterable"},
    "Iterator": {"Iterable"},
    "dict": {"Mapping"},
}
# Mutable, so their arguments have to be equal.
EXACT = {"list", "dict", "set"}
ANYTHING = {"Any", "object"}
# They describe a member of a dictionary or of a class, not its value.
QUALIFIERS = {"NotRequired", "Required", "ClassVar", "Final", "ReadOnly"}


def covers(wide: str, narrow: str) -> bool:
    """Whether each value of the narrow annotation has the wide annotation; False if the two texts cannot decide it."""
    return wide == narrow or _covers(_parsed(wide), _parsed(narrow))


def is_optional_key(annotation: str) -> bool:
    """Whether a member of a TypedDict may be left out."""
    parsed = _parsed(annotation)
    return isinstance(parsed, ast.Subscript) and _name(parsed.value) == "NotRequired"


def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _covers(wide: ast.expr, narrow: ast.expr) -> bool:
    return all(any(_accepts(outer, inner) for outer in _parts(wide)) for inner in _parts(narrow))


def _accepts(wide: ast.expr, narrow: ast.expr) -> bool:
    if _name(wide) in ANYTHING:
        return True
    if (value := _literal(narrow)) is not None:
        accepted = _literal(wide)
        return _name(wide) == type(value.value).__name__ if accepted is None else accepted.value == value.value
    head, other = _head(wide), _head(narrow)
    if head is None or other is None:
        return ast.dump(wide) == ast.dump(narrow)
    return (head == other or head in WITHIN.get(other, ())) and _fit(_arguments(wide), _arguments(narrow), exactly=head in EXACT)


def _fit(wide: list[ast.expr], narrow: list[ast.expr], *, exactly: bool) -> bool:
    """Whether the arguments in brackets fit; an annotation without arguments accepts any."""
    if not wide or len(wide) != len(narrow):
        return not wide
    pairs = list(zip(wide, narrow, strict=True))
    return all(_covers(outer, inner) and (not exactly or _covers(inner, outer)) for outer, inner in pairs)


def _parts(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union, with each value of a Literal apart."""
    if isinstance(annotation, ast.BinOp):
        return [*_parts(annotation.left), *_parts(annotation.right)]
    if isinstance(annotation, ast.Subscript):
        name, inside = _name(annotation.value), _arguments(annotation)
        if name in QUALIFIERS:
            return _parts(annotation.slice)
        if name == "Union":
            return [part for argument in inside for part in _parts(argument)]
        if name == "Optional":
            return [*_parts(annotation.slice), ast.Constant(None)]
        if name == "Literal":
            return [ast.Subscript(annotation.value, value) for value in inside]
    return [annotation]


def _literal(annotation: ast.expr) -> ast.Constant | None:
    if isinstance(annotation, ast.Subscript) and _name(annotation.value) == "Literal" and isinstance(annotation.slice, ast.Constant):
        return annotation.slice
    return None


def _arguments(annotation: ast.expr) -> list[ast.expr]:
    if not isinstance(annotation, ast.Subscript):
        return []
    return annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]


def _head(annotation: ast.expr) -> str | None:
    return _name(annotation.value) if isinstance(annotation, ast.Subscript) else _name(annotation)


def _name(annotation: ast.expr) -> str | None:
    """The last part of the name, which every way to import a class keeps."""
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return "None"
    return annotation.id if isinstance(annotation, ast.Name) else None
