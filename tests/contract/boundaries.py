"""Values of bodies and parameters at each edge and one beyond, as they are sent, and whether the document allows what arrives."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from codegen.contract.document import Document
from tests.contract.coverage.cases import body_pointer, is_one_text, schema_pointer
from tests.contract.coverage.reading import carried, typed
from tests.kit.contract.bodies import encoded, is_stream, values
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.instances import Instances

DOCUMENT = Document(CONTRACT.tree)


def bodies(operation: Operation) -> Iterator[tuple[Any, bytes, bool]]:
    """Different instances of a body that its media type can hold, as bytes, and whether the document allows them."""
    pointer, seen = body_pointer(CONTRACT, operation), set[str]()
    assert pointer is not None
    for instance in Instances(DOCUMENT, pointer).aimed():
        if (key := json.dumps(instance, sort_keys=True)) not in seen:
            seen.add(key)
            if (content := content_of(operation, instance)) is not None:
                yield instance, content, is_allowed(operation, content)


def content_of(operation: Operation, instance: Any) -> bytes | None:
    """The bytes of an instance; None if the media type cannot hold it, or if there are none, which is no body."""
    media, _ = CONTRACT.body(operation) or (None, {})
    return encoded(media, [instance] if is_stream(media) else instance, CONTRACT.files(operation)) or None


def is_allowed(operation: Operation, content: bytes) -> bool:
    """Whether the document allows the body that arrives."""
    media, _ = CONTRACT.body(operation) or (None, {})
    validator = CONTRACT.validator(str(body_pointer(CONTRACT, operation)))
    return all(map(validator.is_valid, values(media, carried(CONTRACT, operation, content))))


def trials(operation: Operation, parameter: Schema, arrives: Callable[[list[str]], bool]) -> Iterator[tuple[list[str], bool]]:
    """Texts for the parameter, one for each element of a list, and whether the document allows them.

    `arrives` is whether texts can be sent in a path so that they arrive as they are.
    """
    pointer, schema = schema_pointer(CONTRACT, operation.id, parameter["name"]), CONTRACT.resolve(parameter["schema"])
    validator, seen, elements = CONTRACT.validator(pointer), set[str](), "array" in schema.get("type", "")
    for value in [parameter.get("example"), *Instances(DOCUMENT, pointer).aimed()]:
        if value is None or isinstance(value, dict) or isinstance(value, list) != elements:
            continue
        if elements and any(each is None or isinstance(each, list | dict) for each in value):
            continue
        texts = spelled(value)
        if str(texts) in seen or not _fits(parameter, texts, arrives):
            continue
        seen.add(str(texts))
        yield texts, validator.is_valid(read(schema, texts))


def read(schema: Schema, texts: list[str]) -> Any:
    """The value of a parameter that has these texts."""
    if "array" in schema.get("type", ""):
        return [typed(text, CONTRACT.resolve(schema["items"])) for text in texts]
    return typed(texts[0], schema)


def spelled(value: Any) -> list[str]:
    """The texts of a value: several for a list."""
    if isinstance(value, list):
        return [text for item in value for text in spelled(item)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _fits(parameter: Schema, texts: list[str], arrives: Callable[[list[str]], bool]) -> bool:
    """Whether the texts can be sent there, so that they arrive as they are."""
    if is_one_text(parameter):
        if any("," in text or not text for text in texts):
            return False
    elif not texts:
        return False  # sent by itself, an empty list is nothing
    if parameter["in"] == "path":
        return arrives(texts)
    return parameter["in"] == "query" or all(text == text.strip() and text.isascii() and "\n" not in text for text in texts)
