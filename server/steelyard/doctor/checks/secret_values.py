"""Where secrets are, and who can read them."""

from collections.abc import Iterator
from pathlib import Path

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, warn
from steelyard.settings import variable
from steelyard.settings.database_urls import sqlite_path
from steelyard.settings.loading import SECRETS_DIR
from steelyard.settings.model import Settings
from steelyard.settings.secret_values import is_secret

_BY_OTHERS = 0o006
_ENTERED_BY_OTHERS = 0o001


def offline(machine: Machine) -> Iterator[Result]:
    files = _files(machine)
    in_variables = sorted(name.upper() for name, value in machine.variables.items() if is_secret(name, value))
    if exposed := [str(path) for path in files.values() if _is_exposed(path)]:
        yield machine.unsafe(
            "secret_files",
            f"Other users of this machine have access to {', '.join(exposed)}. Run chmod o= on each; in Kubernetes, set defaultMode: 0440.",
        )
    else:
        yield ok("secret_files", "No file of a secret can be read by other users of this machine.")
    if twice := sorted(files.keys() & {name.upper() for name in machine.variables}):
        yield machine.unsafe(
            "secrets_once",
            f"{', '.join(twice)} is both a variable and a file of {SECRETS_DIR}, and the variable counts. Leave out one of them.",
        )
    else:
        yield ok("secrets_once", f"No setting is both a variable and a file of {SECRETS_DIR}.")
    if in_variables:
        yield warn(
            "secrets_in_variables",
            f"Child processes and reports of crashes can show {', '.join(in_variables)}. Put each into a file of that name in a folder, "
            f"and name the folder in {SECRETS_DIR}.",
        )
    else:
        yield ok("secrets_in_variables", "No secret is in an environment variable.")


def _files(machine: Machine) -> dict[str, Path]:
    """The files of secrets, by the variable that they stand for."""
    known = {variable(name) for name in Settings.model_fields}
    folder = machine.variables.get(SECRETS_DIR)
    files = {path.name.upper(): path for path in sorted(Path(folder).iterdir()) if path.name.upper() in known} if folder else {}
    if machine.settings.is_embedded:
        key = Path(sqlite_path(machine.settings.database_url)).with_name("steelyard.key")
        if key.is_file() and "secret_keys" not in machine.settings.model_fields_set:
            files["steelyard.key"] = key
    return files


def _is_exposed(path: Path) -> bool:
    """Whether the modes of the file and its folder let every user in."""
    try:
        return bool(path.stat().st_mode & _BY_OTHERS and path.parent.stat().st_mode & _ENTERED_BY_OTHERS)
    except OSError:
        return False
