"""What checks return."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a check. The message is one line without secrets; unless all is well, it ends with a remedy.

    `warn` is for an operator to decide. With `refuse`, the server cannot run, or does not run in production.
    """

    check: str
    level: Level
    message: str


def ok(check: str, message: str) -> Result:
    return Result(check, "ok", message)


def warn(check: str, message: str) -> Result:
    return Result(check, "warn", message)


def refuse(check: str, message: str) -> Result:
    return Result(check, "refuse", message)
