"""What can go wrong between us and a database, told without a single value.

Drivers put the offending value into their message and the whole row into its detail. None of that is
taken over: these errors name a constraint, a statement, a parameter or a code, so they may be logged.
"""

from typing import Literal, NoReturn

ConstraintKind = Literal["unique", "foreign_key", "check", "not_null"]


class DatabaseError(Exception):
    """Whatever a verb may raise; anything else is a bug of the caller."""


class TransactionConflict(DatabaseError):
    """Somebody else was faster and everything was rolled back: run the whole operation again."""


class ConstraintViolated(DatabaseError):
    """A rule that the schema keeps. The constraint has the same name on both databases."""

    def __init__(self, constraint: str, kind: ConstraintKind) -> None:
        super().__init__(f"{kind} constraint {constraint} refused the change")
        self.constraint = constraint
        self.kind = kind


class DatabaseUnavailable(DatabaseError):
    """The database is away, frozen, full or overrun. Nothing is known to have changed; ask again later."""

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NotWritable(DatabaseUnavailable):
    """The database takes no writes: its disk is full or broken, or it is read-only. Reads may still work."""


class NotOpened(DatabaseUnavailable):
    """The database cannot be opened. The text ends a sentence that begins with it, for whoever operates it."""


class LockTimeout(DatabaseUnavailable):
    """Another transaction held a row or table for longer than the lock timeout."""


class ValueOutOfRange(DatabaseError):
    """A value reached the database that its column cannot hold: the contract has a hole."""

    def __init__(self, statement: str, parameter: str | None = None) -> None:
        super().__init__(f"{statement} was given a value out of range" + (f" for {parameter}" if parameter else ""))
        self.statement = statement
        self.parameter = parameter


class StatementFailed(DatabaseError):
    """The database refused a statement for a reason that no caller can act upon: a bug of ours."""

    def __init__(self, statement: str, code: str, reason: str = "") -> None:
        super().__init__(f"{statement} failed with {code}" + (f": {reason}" if reason else ""))
        self.statement = statement
        self.code = code


def replace_error(error: BaseException, failure: BaseException) -> NoReturn:
    """Raise `failure` where `error` was caught. Of a driver's error nothing survives, because its text quotes values.

    A function and not a context manager, whose three calls every statement would pay for, also where nothing fails.
    """
    if failure is error:
        raise error
    try:
        raise failure from None
    finally:
        failure.__context__ = None  # `from None` only hides it
