"""A value with named parts, without the half millisecond that each dataclass adds to an import."""

from __future__ import annotations

from typing import Any, ClassVar


class Record:
    """Compared by its slots; `repr` hides those in HIDDEN."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    HIDDEN: ClassVar[frozenset[str]] = frozenset()

    def _parts(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__slots__])

    def __eq__(self, other: object) -> bool:
        return self._parts() == other._parts() if isinstance(other, Record) and type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self.__slots__ if name not in self.HIDDEN]
        return f"{type(self).__name__}({', '.join(shown)})"
