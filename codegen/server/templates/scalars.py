"""JSON-exact scalars: what the document says, no more (no "5" for 5, no unix time for a date-time) and no less (5.0 is an integer).

Models import these names instead of Pydantic's. Formats are judged by the document's own validator, so that model and
document cannot disagree about what a date-time, a UUID or an e-mail address is.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import jsonschema_rs
from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, TypeAdapter
from pydantic import AwareDatetime as PydanticDatetime
from pydantic_core import PydanticCustomError


def _judge(name: str) -> Callable[[str], bool]:
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid


_is_datetime, _is_uuid, _is_email, _is_uri = _judge("date-time"), _judge("uuid"), _judge("email"), _judge("uri")


def _integer(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return value


def _uuid(value: Any) -> Any:
    if isinstance(value, str) and not _is_uuid(value):
        raise PydanticCustomError("uuid_parsing", "Input should be a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
    return value


def _datetime(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _is_datetime(value):
        # A leap second is legal, and datetime has none: the last second before it stands for it.
        return f"{value[:17]}59{value[19:]}" if value[17:19] == "60" else value
    raise PydanticCustomError("datetime_parsing", "Input should be an RFC 3339 date and time with an offset")


def _email(value: str) -> str:
    # Libraries refuse a@localhost or *.test, each in its own way; the document does not.
    if not _is_email(value):
        raise PydanticCustomError("email", "Input should be an e-mail address")
    return value


def _uri(value: str) -> str:
    if not _is_uri(value):
        raise PydanticCustomError("uri", "Input should be a URI")
    return value


def spelled(*, min_length: int = 0, max_length: int | None = None, pattern: str = "") -> BeforeValidator:
    """Limits on the text of what is no text any more, such as a date-time, once it is read."""
    text: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(min_length=min_length, max_length=max_length, pattern=pattern)])
    return BeforeValidator(lambda value: text.validate_python(value) if isinstance(value, str) else value)


StrictInt = Annotated[int, BeforeValidator(_integer)]
StrictFloat = Annotated[float, AllowInfNan(False), BeforeValidator(_number)]
UUID = Annotated[uuid.UUID, BeforeValidator(_uuid)]
AwareDatetime = Annotated[PydanticDatetime, BeforeValidator(_datetime)]
EmailStr = Annotated[str, AfterValidator(_email)]
AnyUrl = Annotated[str, AfterValidator(_uri)]
