"""Whether one annotation says all that another one says: `int | None` takes whatever `int` takes, not the other way round."""

import ast

# Each is taken wherever one of those is.
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
# Whoever may write into it cares for exactly what it holds.
EXACT = {"list", "dict", "set"}
ANYTHING = {"Any", "object"}
# They speak of a member of a dictionary or of a class, not of its value.
ASIDE = {"NotRequired", "Required", "ClassVar", "Final", "ReadOnly"}


def covers(wide: str, narrow: str) -> bool:
    """Whether whatever has the narrow annotation has the wide one. What cannot be decided from the two texts is False."""
    return wide == narrow or _covers(_parsed(wide), _parsed(narrow))


def is_optional_key(annotation: str) -> bool:
    """Of a member of a TypedDict."""
    parsed = _parsed(annotation)
    return isinstance(parsed, ast.Subscript) and _name(parsed.value) == "NotRequired"


def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _covers(wide: ast.expr, narrow: ast.expr) -> bool:
    return all(any(_takes(one, other) for one in _parts(wide)) for other in _parts(narrow))


def _takes(wide: ast.expr, narrow: ast.expr) -> bool:
    if _name(wide) in ANYTHING:
        return True
    if (value := _literal(narrow)) is not None:
        told = _literal(wide)
        return _name(wide) == type(value.value).__name__ if told is None else told.value == value.value
    head, other = _head(wide), _head(narrow)
    if head is None or other is None:
        return ast.dump(wide) == ast.dump(narrow)
    return (head == other or head in WITHIN.get(other, ())) and _fit(_arguments(wide), _arguments(narrow), exactly=head in EXACT)


def _fit(wide: list[ast.expr], narrow: list[ast.expr], *, exactly: bool) -> bool:
    """What stands in brackets; nothing there takes anything."""
    if not wide or len(wide) != len(narrow):
        return not wide
    pairs = list(zip(wide, narrow, strict=True))
    return all(_covers(one, other) and (not exactly or _covers(other, one)) for one, other in pairs)


def _parts(annotation: ast.expr) -> list[ast.expr]:
    """Of a union, and the values of a Literal one by one."""
    if isinstance(annotation, ast.BinOp):
        return [*_parts(annotation.left), *_parts(annotation.right)]
    if isinstance(annotation, ast.Subscript):
        name, inside = _name(annotation.value), _arguments(annotation)
        if name in ASIDE:
            return _parts(annotation.slice)
        if name == "Union":
            return [part for one in inside for part in _parts(one)]
        if name == "Optional":
            return [*_parts(annotation.slice), ast.Constant(None)]
        if name == "Literal":
            return [ast.Subscript(annotation.value, one) for one in inside]
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
    """Its last word: a class is the same however it is imported."""
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return "None"
    return annotation.id if isinstance(annotation, ast.Name) else None
