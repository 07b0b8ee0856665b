"""The errors of the database layer. None of them has a value in its text.

Drivers put the offending value into their message and the whole row into its detail. These errors name only a constraint, a statement, a
parameter or a code, so they may be logged.
"""

from typing import Literal, NoReturn

ConstraintKind = Literal["unique", "foreign_key", "check", "not_null"]


class DatabaseError(Exception):
    """The base of all errors of a verb; any other error is a bug of the caller."""


class TransactionConflict(DatabaseError):
    """Another transaction was faster and this one was rolled back: run the whole operation again."""


class ConstraintViolated(DatabaseError):
    """A constraint of the schema. It has the same name on both databases."""

    def __init__(self, constraint: str, kind: ConstraintKind) -> None:
        super().__init__(f"{kind} constraint {constraint} rejected the change")
        self.constraint = constraint
        self.kind = kind


class DatabaseUnavailable(DatabaseError):
    """The database is unreachable, frozen, full or overloaded. The outcome of a commit may be unknown; try again later."""

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NotWritable(DatabaseUnavailable):
    """The database takes no writes: its disk is full or broken, or it is read-only. Reads may still work."""


class NotOpened(DatabaseUnavailable):
    """The database cannot be opened. The text is for operators; it ends a sentence that begins with `the database`.

    `is_away`: it is not running, or not yet, or cannot be reached; in all other cases an operator has to correct something.
    """

    def __init__(self, reason: str, *, is_away: bool = False) -> None:
        super().__init__(reason)
        self.is_away = is_away


class LockTimeout(DatabaseUnavailable):
    """Another transaction held a row or table for longer than the lock timeout."""


class ValueOutOfRange(DatabaseError):
    """A value does not fit its column: the contract should have rejected it."""

    def __init__(self, statement: str, parameter: str | None = None) -> None:
        super().__init__(f"{statement} got a value out of range" + (f" for {parameter}" if parameter else ""))
        self.statement = statement
        self.parameter = parameter


class StatementFailed(DatabaseError):
    """The database rejected a statement for a reason that no caller can act upon: a bug of this server."""

    def __init__(self, statement: str, code: str, reason: str = "") -> None:
        super().__init__(f"{statement} failed with {code}" + (f": {reason}" if reason else ""))
        self.statement = statement
        self.code = code


def replace_error(error: BaseException, failure: BaseException) -> NoReturn:
    """Raise `failure` where `error` was caught. Nothing of a driver's error is kept, because its text quotes values.

    A function and not a context manager, whose three calls every statement would pay for, also where nothing fails.
    """
    if failure is error:
        raise error
    try:
        raise failure from None
    finally:
        failure.__context__ = None  # `from None` only hides it
