"""Which settings are secrets."""

import re
from typing import get_args

from pydantic import SecretStr

from steelyard.settings.base import PREFIX
from steelyard.settings.model import Settings

_PASSWORD_IN_URL = re.compile(r"://[^/?#@]*:[^@]+@|[?&](?:ssl)?password=[^&]")


def is_secret(variable: str, value: str) -> bool:
    """Whether this value of a variable, in any case, must stay secret. A URL is a secret if it has a password."""
    name = variable.lower().removeprefix(PREFIX.lower())
    field = Settings.model_fields.get(name)
    if field is None:
        return False
    if name.endswith("_url"):
        return bool(_PASSWORD_IN_URL.search(value))
    return SecretStr in _types(field.annotation)


def _types(annotation: object) -> set[object]:
    return {annotation}.union(*(_types(each) for each in get_args(annotation)))
