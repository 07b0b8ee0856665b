"""The base of all generated models: plain slotted classes, cheap to import."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import Enum, StrEnum
from types import TracebackType
from typing import Any, ClassVar, Final, Literal, Protocol, Self, TypeGuard, cast

MASK = "***"


class Unset(Enum):
    """The type of UNSET. An enumeration with one member, so that copies and pickles are the same object, and `is` narrows."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""A member that was left out, as opposed to one that is null."""


class Versioned(Protocol):
    """A resource that was read: its version is the tag for `if_match`."""

    version: int


class OpenEnum(StrEnum):
    """The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error."""

    @classmethod
    def of(cls, value: str) -> Self:
        """`cls(value)` at half the cost."""
        member = cls._value2member_map_.get(value)
        return cls(value) if member is None else cast("Self", member)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Not kept, so that invented values cannot fill the memory.
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK knows the value."""
        return self._value_ in type(self)._value2member_map_

    def __reduce_ex__(self, _protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._value_,)

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __copy__(self) -> Self:
        return self


class Model:
    """An object of the contract. `extra` keeps members of a newer server."""

    __slots__ = ("extra",)
    WIRE: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Attribute and name on the wire, in the order in which they are read; by default the slots."""
    NAMES: ClassVar[frozenset[str]] = frozenset()
    SECRET: ClassVar[frozenset[str]] = frozenset()
    """Attributes that `repr` masks."""
    extra: dict[str, Any]

    def __init_subclass__(cls) -> None:
        if "WIRE" not in cls.__dict__:
            cls.WIRE = tuple([(name, name) for name in cls.__slots__])  # pyright: ignore[reportConstantRedefinition]  # the same
        cls.NAMES = frozenset([name for _, name in cls.WIRE])  # pyright: ignore[reportConstantRedefinition]  # made once

    def _fill(self, arguments: Mapping[str, Any]) -> None:
        for attribute, _ in self.WIRE:
            setattr(self, attribute, arguments[attribute])
        self.extra = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The model of a JSON object."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model: without unset members, and with unknown ones."""
        out: dict[str, Any] = dict(self.extra)
        for attribute, name in self.WIRE:
            value = getattr(self, attribute)
            if value is not UNSET:
                out[name] = jsonable(value)
        return out

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name, _ in self.WIRE) and self.extra == other.extra

    __hash__ = None  # type: ignore[assignment]  # it compares by value and is mutable

    def __repr__(self) -> str:
        shown = {name: getattr(self, name) for name, _ in self.WIRE}
        shown = {name: MASK if name in self.SECRET and held else held for name, held in shown.items() if held is not UNSET}
        # Unknown members may be secret: their names are enough.
        more = [f"extra={{{', '.join(self.extra)}}}"] if self.extra else []
        return f"{type(self).__name__}({', '.join([f'{name}={held!r}' for name, held in shown.items()] + more)})"

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        for name, _ in self.WIRE:
            setattr(twin, name, getattr(self, name))
        twin.extra = dict(self.extra)
        return twin

    def __replace__(self, **changes: Any) -> Self:
        twin = self.__copy__()
        for name, value in changes.items():
            if all(name != known for known, _ in self.WIRE):
                raise TypeError(f"{type(self).__name__} has no member {name!r}")
            setattr(twin, name, value)
        return twin


class Unknown(Model):
    """A variant of a union, or an event, that this version of the SDK does not know. `extra` has its members."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        self = cls.__new__(cls)
        self.extra = dict(data)
        return self


def unknown_members(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The members that a newer server added."""
    return {name: value for name, value in data.items() if name not in names}


def variant(data: Mapping[str, Any], member: str, variants: Mapping[str, type[Model]]) -> Any:
    """The model of a union that its constant member names."""
    model = variants.get(data[member])
    return Unknown.from_dict(data) if model is None else model.from_dict(data)


def is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether it stands for a JSON object."""
    return isinstance(value, Mapping)


def is_collection(value: Any) -> TypeGuard[Collection[Any]]:
    """Whether it stands for a JSON array, or a repeated parameter."""
    return isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes)


def jsonable(value: Any) -> Any:
    """The JSON value of whatever a model or a body may hold."""
    if isinstance(value, OpenEnum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Model):
        return value.to_dict()
    if is_object(value):
        return {name: jsonable(held) for name, held in value.items() if held is not UNSET}
    if is_collection(value):
        return [jsonable(held) for held in value]
    return text_of(value)


def text_of(value: Any) -> str:
    """A scalar as text: in a path, a query, a form, or where JSON has no type for it."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a time zone could mean any hour; give it one: datetime.now(UTC)")
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    # Without an import: a value of this type proves that its module is loaded.
    uuid = sys.modules.get("uuid")
    if isinstance(value, int | float | date) or (uuid is not None and isinstance(value, uuid.UUID)):
        return str(value)
    raise TypeError(f"a path, query or header takes text, numbers, dates and UUIDs, such as item.id; given: {type(value).__name__}")


def error_pointer(trace: TracebackType | None) -> str:
    """The JSON pointer of the member that a model could not read.

    Members are read in the order of WIRE, so the first unset one has failed. This costs nothing before an error.
    """
    pointer = ""
    holder: Any = None
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
        held = frame.f_locals
        # An entry of a list is the argument of the function that reads it. The comprehension around it has a frame before Python 3.12.
        argument = "data" if "data" in held else "value"
        if is_collection(holder) and argument in held:
            entry = held[argument]
            pointer += "".join([f"/{index}" for index, each in enumerate(holder) if each is entry][:1])
            holder = None
        self = held.get("self")
        if frame.f_code.co_name == "from_dict" and isinstance(self, Model):
            name = next((name for attribute, name in self.WIRE if not hasattr(self, attribute)), None)
            data = held.get("data")
            # A value that is not an object is the cause, and not its first member.
            if name is not None and is_object(data):
                pointer += f"/{name}"
                holder = data.get(name)
    return pointer


class Record:
    """Compared by its slots; `repr` hides those in HIDDEN. Each dataclass adds half a millisecond to an import."""

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
