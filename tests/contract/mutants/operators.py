"""What a mutant is, and the kinds of mutants: the rows of the table in docs/contract-testing.md."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from steelyard_contract.operations import OPERATIONS, Operation

Plant = Callable[[Operation], None]
Fits = Callable[[Operation], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of mutant, and the layers that detect it: each layer in `alone` must do so with the others off, `others` are a second net."""

    text: str
    alone: str
    others: str = ""


ROWS = {
    "status": Row("response: status or media type that the operation does not declare", "TR", "X"),
    "member": Row("response: member missing, mistyped, null, outside enum, bound or format", "R", "TX"),
    "more": Row("response: member beyond the contract, secret member shown", "RO", "T"),
    "less": Row("response: member left out that a lenient schema would allow", "LO", "R"),
    "header": Row("header missing, malformed, not the constant", "R", "TX"),
    "untrue": Row("header well formed but wrong", "OD", "W"),
    "problem": Row("problem of another shape, media type or status; undeclared problem", "RW", "X"),
    "loose": Row("request accepted that a bound, pattern, enum, required or closed object forbids", "E", "WX"),
    "rule": Row("request accepted that only a cross-member rule forbids", "E", "D"),
    "neighbour": Row("value of a neighbouring JSON type or another spelling of a format accepted", "EO", "W"),
    "strict": Row("request rejected, or altered before storing, that the contract allows", "EO", "WX"),
    "default": Row("default differs from the declared one", "O", "ED"),
    "bytes": Row("malformed bytes, odd encodings, odd paths and methods; server error on any input", "W", "X"),
    "anonymous": Row("authentication absent or weakened", "PO", "SWX"),
    "scope": Row("scope, credential kind or role weakened; optional caller mishandled", "PO", "SW"),
    "foreign": Row("foreign object served, or foreign and missing distinguishable", "P", "DX"),
    "route": Row("route, method or handler on one side only; dispatch or Allow wrong", "SO", "WX"),
    "navigation": Row("navigation that rejects what browsers and identity providers add", "W"),
    "effect": Row("write without its whole effect, effect without its write", "OD", "X"),
    "pages": Row("page laws, filters, sorts, search", "OD", ""),
    "state": Row("amounts, states, stock, redemptions", "D", ""),
    "again": Row("idempotency, preconditions, rate limits", "D", "WR"),
    "law": Row("a law or another promise that no schema states", "U", "ORWPD"),
    "source": Row("generated file edited, stale or left over; contract against its own rules; example untrue", "L", ""),
}


# The layers, cheapest first. T and L check text, not a running server.
ORDER = "SEOPRWDXU"


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to plant a fault in every operation that it fits."""

    name: str
    row: str
    text: str
    fits: Fits | None
    """None: it changes the server as a whole."""
    plant: Plant

    def mutants(self) -> "Iterator[Mutant]":
        if self.fits is None:
            yield Mutant(self, None)
        else:
            yield from (Mutant(self, operation) for operation in OPERATIONS.values() if self.fits(operation))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One server with one fault."""

    operator: Operator
    operation: Operation | None

    @property
    def name(self) -> str:
        return self.operator.name if self.operation is None else f"{self.operator.name}: {self.operation.id}"

    @property
    def row(self) -> Row:
        return ROWS[self.operator.row]

    def plant(self) -> None:
        """Changes this process for good: it must be a process that ends with the mutant."""
        self.operator.plant(self.operation or next(iter(OPERATIONS.values())))


OPERATORS: dict[str, Operator] = {}
# Tests that fail on it prove nothing about a mutant.
NOTHING = Operator("no mutant", "status", "the server without a mutant", None, lambda _: None)


def mutant(row: str, text: str, fits: Fits | None = None) -> Callable[[Plant], Plant]:
    """Registers how to plant a fault; the function's name is that of its operator."""

    def register(plant: Plant) -> Plant:
        name = plant.__name__.strip("_").replace("_", " ")
        assert name not in OPERATORS, f"two operators have the name {name!r}"
        assert row in ROWS
        OPERATORS[name] = Operator(name, row, text, fits, plant)
        return plant

    return register
