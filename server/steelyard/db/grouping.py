"""Which transactions may be one: what each of them runs, and what is run for all of them together."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from steelyard.db.statements import Statement


class Together(NamedTuple):
    """A statement that does for many transactions what the statements `of` one transaction do.

    Its parameters are lists (see `list_rows.py`), named like parameters of the others, with a value for each transaction.
    """

    statement: Statement[Any]
    of: tuple[Statement[Any], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Grouping:
    """A kind of transaction that a group may do: it runs every statement in these lists once, and no other.

    `reads` are awaited in this order, the first of their `of` by each transaction. They return one row at most for each, behind its
    number, and change nothing: a transaction that gets no row, or raises a problem, has nothing to undo and leaves the others alone. They
    wait for no lock, so a row that is locked by others is left out. `changes` are sent with the commit, and concern different tables.
    """

    reads: tuple[Together, ...]
    changes: tuple[Together, ...]
