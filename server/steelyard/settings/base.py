"""The base of every group of settings, and the types that several groups use."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "STEELYARD_"


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def split_words(value: object) -> object:
    """The words between commas, without spaces."""
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_words)]
# For a fixed choice of words, in any case.
Lower = BeforeValidator(_lower)
Seconds = Annotated[float, Field(gt=0, le=3600)]


class PlaceSettings(BaseSettings):
    """Where this process runs. These fields come first, because defaults of the groups depend on them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        defer_build=True,  # no group is ever built alone
    )

    environment: Annotated[Literal["development", "production"], Lower] = "development"
    """Where the server runs. In `production`, settings that are convenient but unsafe stop the start."""
    debug: bool = False
    """Whether the log has more details. Not allowed in production."""
