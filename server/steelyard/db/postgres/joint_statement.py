"""A statement that does for many transactions what statements of each would do."""

from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.db.compiled import CompiledStatement
from steelyard.db.grouping import Together
from steelyard.db.postgres.transaction import Call

# The arguments of the statements of one transaction.
Calls = Mapping[CompiledStatement[Any], Sequence[object]]


class JointStatement:
    """It is called with the arguments of the statements `of` each transaction, by the names of its parameters."""

    def __init__(self, together: Together) -> None:
        self.of = [each.compiled["postgresql"] for each in together.of]
        self._statement = together.statement.compiled["postgresql"]
        places = {name: (each, place) for each in self.of for place, name in enumerate(each.parameters)}
        self._sources = [(name, *places[name]) for name in self._statement.parameters]

    def call(self, members: Sequence[Calls]) -> Call:
        values = {name: [calls[source][place] for calls in members] for name, source, place in self._sources}
        return self._statement, self._statement.arguments(values)
