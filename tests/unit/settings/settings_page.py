"""docs/settings.md, generated from the settings: `python -m tests.unit.settings.settings_page` writes it, a test compares it."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from steelyard.settings import Settings, variable

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"
HEAD = """# Settings

All settings are environment variables. Lists are separated by commas. Each variable can also be a file of the same name in the folder
`STEELYARD_SECRETS_DIR`, which is the right place for secrets. A misspelt `STEELYARD_` variable stops the start.

With `STEELYARD_ENVIRONMENT=production`, the server does not start if `STEELYARD_SECRET_KEYS` or `STEELYARD_TRUSTED_HOSTS` is missing, if
`STEELYARD_DEBUG` is on, if payments use the sandbox, if `STEELYARD_MAIL` logs whole mails, if it is `smtp` and
`STEELYARD_MAIL_FROM` is missing, or with `--reload`, or if another check of [`steelyard doctor --offline`](operations/doctor.md) refuses.

The server ignores `STEELYARD_URL`, `_USERNAME`, `_PASSWORD`, `_TOKEN`, `_API_KEY` and `_HTTP`, which the SDK reads, `STEELYARD_TEST_*`,
and the variables that Kubernetes sets for a service called `steelyard`, such as `STEELYARD_PORT` and `STEELYARD_SERVICE_HOST`. Address,
port and number of workers are options of `steelyard serve`.

| variable | default | allowed | meaning |
|---|---|---|---|
"""
CHOSEN = {
    "secret_keys": "random",
    "cors_origins": "development: `http://localhost:*`, `http://127.0.0.1:*`, "
    "the same with `https`, and `https://myapp.example.com`; production: none",
    "trusted_hosts": "development: `localhost`, `127.0.0.1`, `[::1]`, `myapp.example.com`; production: none",
    "response_validation": "development: `enforce`; production: `observe`",
}


def settings_page() -> str:
    """The page."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = CHOSEN.get(name) or _default(field.default)
    about = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"| `{variable(name)}` | {default} | {_allowed(field)} | {about} |\n"


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(kind))
    if kind is bool or bool in get_args(kind):
        return "`true`, `false`"
    lowest = next((f"{each.ge:,}" for each in field.metadata if isinstance(each, Ge)), None)
    lowest = lowest or next((f"more than {each.gt:,}" for each in field.metadata if isinstance(each, Gt)), None)
    highest = next((f"{each.le:,}" for each in field.metadata if isinstance(each, Le)), None)
    return f"{lowest} to {highest}".replace(",", " ") if lowest and highest else ""


if __name__ == "__main__":
    PAGE.write_text(settings_page())
