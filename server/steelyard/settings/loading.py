"""Reads the settings from the environment, and explains what is wrong with them."""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from steelyard.settings.base import PREFIX, variable
from steelyard.settings.model import Settings

SECRETS_DIR = "STEELYARD_SECRETS_DIR"
# Variables of the SDK and of the tests, which may run on the same machine.
_OTHERS = re.compile(r"STEELYARD_(URL|USERNAME|PASSWORD|TOKEN|API_KEY|HTTP|TEST_\w+)")
# Kubernetes describes each service of a namespace to each container, here a service called steelyard or steelyard-something.
_OF_KUBERNETES = re.compile(r"STEELYARD_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
_PORT_OF_KUBERNETES = re.compile(r"STEELYARD_(\w+_)?PORT")
_RENAMED = {
    "STEELYARD_REFEREE": "STEELYARD_RESPONSE_VALIDATION",
    "STEELYARD_REFEREE_SAMPLE": "STEELYARD_RESPONSE_VALIDATION_SAMPLE",
}
_REMOVED = {
    "STEELYARD_BULK_THRESHOLD": "It was removed, because the contract has the number. Leave it out.",
    "STEELYARD_PROCESSES": "It was removed, because workers count together. For several servers set STEELYARD_RATE_LIMITS_FILE.",
    "STEELYARD_LOGIN_FAILURES_EVERYONE": "It was removed, because attacks from many networks only delay logins. Leave it out.",
    "STEELYARD_MAX_BODY_BYTES": "It was removed, because the contract bounds each body. Leave it out.",
}
_OPTIONS = {"STEELYARD_PORT": "--port", "STEELYARD_HOST": "--host", "STEELYARD_WORKERS": "--workers"}


# Bytes that are not UTF-8, as Python decodes them, and control characters. Lists may go over several lines.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class SettingsError(Exception):
    """The settings cannot be used; each reason names the variable and the remedy."""

    def __init__(self, *reasons: str) -> None:
        listed = reasons[0] if len(reasons) == 1 else "\n  ".join(("the settings cannot be used:", *reasons))
        super().__init__(listed)
        self.reasons = reasons


def load_settings(**arguments: object) -> Settings:
    """The settings of this process: arguments first, then STEELYARD_* variables, then files of STEELYARD_SECRETS_DIR named like them."""
    known = {variable(name) for name in Settings.model_fields} | {SECRETS_DIR}
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and name.upper() not in known and not _is_foreign(name, value):
            raise SettingsError(f"{name} is set, but there is no such setting. {_hint(name, known)}")
        if name.upper() in known:
            _check_text(name, value)
    folder = _secrets_folder(known)
    try:
        return Settings(_secrets_dir=folder, **arguments)  # type: ignore[arg-type]  # the model checks them
    except ValidationError as error:
        raise SettingsError(*_lines(error)) from None


def _is_foreign(name: str, value: str) -> bool:
    if _OTHERS.fullmatch(name) or _OF_KUBERNETES.fullmatch(name):
        return True
    return bool(_PORT_OF_KUBERNETES.fullmatch(name)) and "://" in value


def _hint(name: str, known: set[str]) -> str:
    if name.upper() in _RENAMED:
        return f"It is now called {_RENAMED[name.upper()]}."
    if name.upper() in _REMOVED:
        return _REMOVED[name.upper()]
    if name in _OPTIONS:
        return f"It is an option: steelyard serve {_OPTIONS[name]}."
    near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
    return f"Did you mean {near[0]}?" if near else "docs/settings.md lists all settings."


def _secrets_folder(known: set[str]) -> Path | None:
    """The folder of secrets, if it is set. A misspelt file in it is an error, like a misspelt variable."""
    value = os.environ.get(SECRETS_DIR)
    if not value:
        return None
    folder = Path(value)
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise SettingsError(
            f"{SECRETS_DIR}={folder} cannot be read: {error.strerror}. Set it to a folder of files named like variables, or leave it out."
        ) from error
    for path in paths:
        name = path.name
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"{path} exists, but there is no such setting. {_hint(name, known)}")
        if name.upper() in known:
            _check_file(path)
    return folder


def _check_file(path: Path) -> None:
    """Raise SettingsError unless it is a readable file of text. Whatever mounts a file that is missing makes a folder of that name."""
    try:
        if path.exists() and not path.is_file():
            raise SettingsError(f"{path} is no file. Mount the file of the secret there, or remove it.")
        _check_text(str(path), path.read_bytes().decode(errors="surrogateescape").strip())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Let this user read it, or remove it.") from error


def _check_text(name: str, value: str) -> None:
    if _NO_TEXT.search(value):
        raise SettingsError(f"{name} has bytes that are no text in UTF-8. Write it again, without copying control characters.")


def _lines(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_input=False, include_url=False):
        if each["type"] == "default_factory_not_called":
            continue  # caused by an error that is listed, too
        message = each["msg"].removeprefix("Value error, ")
        yield f"{variable(str(each['loc'][0]))}: {message}" if each["loc"] else message
