"""Which passwords are too common; no I/O but the first reading of the list."""

from functools import cache
from importlib.resources import files


def is_too_common(password: str, *, name: str, email: str) -> bool:
    """Whether the password is among the 3000 most common ones, or the owner's name or address, in upper or lower case."""
    folded = password.casefold()
    return folded in common_passwords() or folded in {name.casefold(), email.casefold()}


@cache
def common_passwords() -> frozenset[str]:
    """The list that comes with the package, case-folded; its first lines name the source."""
    text = files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
