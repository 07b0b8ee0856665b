"""Scalars that accept exactly what the document allows: neither "5" for 5 nor a Unix time for a date-time, but 5.0 for an integer.

Models import these names instead of Pydantic's. The validator of the document checks formats, so that model and document agree about
date-times, UUIDs and e-mail addresses.
"""

import datetime as dt
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import jsonschema_rs
from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, PlainSerializer, TypeAdapter
from pydantic import AwareDatetime as PydanticDatetime
from pydantic_core import PydanticCustomError


def _format_check(name: str) -> Callable[[str], bool]:
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid


_is_date = _format_check("date")
_is_datetime, _is_uuid, _is_email, _is_uri = _format_check("date-time"), _format_check("uuid"), _format_check("email"), _format_check("uri")


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
        # A leap second is valid, and datetime has none: it becomes the second before it.
        return f"{value[:17]}59{value[19:]}" if value[17:19] == "60" else value
    raise PydanticCustomError("datetime_parsing", "Input should be an RFC 3339 date and time with an offset")


def _date(value: Any) -> Any:
    if isinstance(value, str) and _is_date(value):
        return value
    if isinstance(value, dt.date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_parsing", "Input should be an RFC 3339 date")


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    try:
        return b64decode(value, validate=True)
    except (ValueError, TypeError):
        raise PydanticCustomError("base64_decode", "Input should be base64") from None


def _email(value: str) -> str:
    # Libraries reject a@localhost or *.test; the document does not.
    if not _is_email(value):
        raise PydanticCustomError("email", "Input should be an e-mail address")
    return value


def _uri(value: str) -> str:
    if not _is_uri(value):
        raise PydanticCustomError("uri", "Input should be a URI")
    return value


def spelled(*, min_length: int = 0, max_length: int | None = None, pattern: str = "") -> BeforeValidator:
    """Bounds of the text of a value that is parsed, such as a date-time."""
    text: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(min_length=min_length, max_length=max_length, pattern=pattern)])
    return BeforeValidator(lambda value: text.validate_python(value) if isinstance(value, str) else value)


StrictInt = Annotated[int, BeforeValidator(_integer)]
StrictFloat = Annotated[float, AllowInfNan(False), BeforeValidator(_number)]
UUID = Annotated[uuid.UUID, BeforeValidator(_uuid)]
AwareDatetime = Annotated[PydanticDatetime, BeforeValidator(_datetime)]
# Named as the generator names them.
date = Annotated[dt.date, BeforeValidator(_date)]
Base64Str = Annotated[bytes, BeforeValidator(_bytes), PlainSerializer(lambda value: b64encode(value).decode(), return_type=str)]
EmailStr = Annotated[str, AfterValidator(_email)]
AnyUrl = Annotated[str, AfterValidator(_uri)]
