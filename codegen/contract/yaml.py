"""YAML as the contract uses it: the core scalars of YAML 1.2, unique text keys, and the line of every key.

PyYAML alone speaks YAML 1.1, where `no` is false, `12:30` is 750 and a date is no string.
"""

import re
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any

import yaml


class ContractError(Exception):
    """The hand-written files do not make a contract; the message has the place and the remedy."""


# JavaScript, the strictest reader of the document, knows 2**53; this only bounds the work.
MAX_DIGITS = 400


class SourceDict(dict[str, Any]):
    """A mapping from a file, and the line of each of its keys."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, items: Iterable[tuple[str, Any]], file: Path, line: int, lines: dict[str, int]) -> None:
        super().__init__(items)
        self.file, self.line, self.lines = file, line, lines

    def with_items(self, items: Iterable[tuple[str, Any]]) -> "SourceDict":
        """Other contents at the same place."""
        return SourceDict(items, self.file, self.line, self.lines)

    def location(self, key: str = "") -> str:
        """`openapi/paths/items.yaml:14`, the line of the key if it was written here."""
        return f"{_shown(self.file)}:{self.lines.get(key, self.line)}"


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2 only."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own class attribute)

    def construct_written(self, node: yaml.MappingNode) -> SourceDict:
        file, line = Path(self.name), node.start_mark.line + 1
        items: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, at = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise ContractError(f"{_shown(file)}:{at}: the key {key!r} is not text. Put it in quotes: '{key}'.")
            if key in items:
                raise ContractError(f"{_shown(file)}:{at}: {key!r} was already written on line {lines[key]}. Keep one of the two.")
            items[key], lines[key] = self.construct_object(value_node, deep=True), at
        return SourceDict(items.items(), file, line, lines)

    def construct_decimal(self, node: yaml.ScalarNode) -> int:
        text = str(self.construct_scalar(node))
        if len(text) > MAX_DIGITS:
            raise ContractError(f"{self.place(node)}: a number of {len(text)} digits. Write one of up to {MAX_DIGITS}.")
        return int(text)  # exact

    def construct_fraction(self, node: yaml.ScalarNode) -> float:
        number = float(str(self.construct_scalar(node)))
        if not isfinite(number):
            raise ContractError(f"{self.place(node)}: {node.value} is more than a number can be. Write a smaller one.")
        return number

    def place(self, node: yaml.Node) -> str:
        return f"{_shown(Path(self.name))}:{node.start_mark.line + 1}"


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), list("-+.0123456789")
)
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_written)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_decimal)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_fraction)


def read(file: Path) -> SourceDict:
    """The mapping in a file."""
    if not file.is_file():
        raise ContractError(f"{_shown(file)} does not exist. Write it, or correct the reference to it.")
    try:
        with file.open("rb") as stream:
            content = yaml.load(stream, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        raise ContractError(f"{_shown(file)} is not YAML: {error}") from error
    except RecursionError:
        raise ContractError(f"{_shown(file)} is nested too deeply to be read. Name the parts.") from None
    if not isinstance(content, SourceDict):
        raise ContractError(f"{_shown(file)} is not a mapping. Each file of the contract maps names to values.")
    return content
