"""Bodies that cannot be read as their media type, by what is wrong with them. Files have none, because any octets are a file."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from tests.kit.contract.bodies import END, FORM, MULTIPART, encoded, is_json, is_stream, is_text, part


def malformed(media: str, value: Any, files: Collection[str] = ()) -> dict[str, bytes]:
    """Variants of a valid value. Each has one fault."""
    good = encoded(media, value, files)
    assert good is not None, f"{media} cannot hold {value!r}"
    if is_json(media):
        return dict(_json(value, good))
    if media == MULTIPART:
        return dict(_multipart(value, good.removesuffix(END), files))
    if media == FORM:
        return {f"escape {text!r}": f"{next(iter(value))}={text}".encode() for text in ("%zz", "%", "%ff", "%C3%28")}
    if is_stream(media):
        return {"no JSON": good + b"{\n", "an empty line": good + b"\n", "bad UTF-8": good + b'"\xff"\n'}
    return (
        {"bad UTF-8": good + b"\xff", "half a character": good + b"\xe2\x82", "surrogate": good + b"\xed\xa0\x80"} if is_text(media) else {}
    )


def _json(value: Any, good: bytes) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(value)
    name = json.dumps(next(iter(value)) if isinstance(value, dict) and value else "a").encode()
    yield from {
        "not JSON": b"{",
        "words": b"not json",
        "trailing characters": good + b"x",
        "a second value": good + good,
        "NaN": b"{" + name + b": NaN}",
        "Infinity": b"{" + name + b": Infinity}",
        "-Infinity": b"{" + name + b": -Infinity}",
        "raw control character": b"{" + name + b': "a\nb"}',
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"),
        "BOM": b"\xef\xbb\xbf" + good,
        "bad UTF-8": b"{" + name + b': "\xff"}',
        "half a character": b"{" + name + b': "\xe2\x82"}',
        "surrogate in UTF-8": b"{" + name + b': "\xed\xa0\x80"}',
        "lone surrogate": b"{" + name + b': "\\ud800"}',
        "a member twice": b"{" + name + b": 1, " + name + b": 1}",
        "single quotes": b"{'a': 1}",
        "comment": good + b"/* */",
        "trailing comma": b"{" + name + b": 1,}",
        "only white space": b"  ",
        "leading zero": b"{" + name + b": 01}",
        "hexadecimal": b"{" + name + b": 0x1}",
        "plus": b"{" + name + b": +1}",
        "too deep": b"[" * 900 + b"]" * 900,
    }.items()


def _multipart(value: Any, opened: bytes, files: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """`opened` is the form without its end."""
    first = next(iter(value))
    yield "words", b"no form"
    yield "no end", opened
    yield "half an end", opened + END[:-4]
    yield "a field twice", opened + part(first, b"1") + END
    yield "an unknown field", opened + part("surprise", b"1") + END
    yield "a part without a name", opened + part(first, b"1").replace(b"; name=", b"; label=") + END
    yield "a name that is not UTF-8", opened + part("@", b"1").replace(b"@", b"\xff") + END
    yield "another disposition", opened + part("surprise", b"1").replace(b"form-data", b"attachment") + END
    yield "no head", opened + part("surprise", b"1").replace(b"Content-Disposition", b"X-Nothing") + END
    texts = [name for name in value if name not in files]
    for name in texts[:1]:
        others = encoded(MULTIPART, {key: held for key, held in value.items() if key != name}, files)
        assert others is not None
        rest = others.removesuffix(END)
        yield "a text as a file", rest + part(name, b"1", '; filename="a.txt"') + END
        yield "an encoded part", rest + part(name, b"MQ==", "\r\nContent-Transfer-Encoding: base64") + END
        yield "bad UTF-8", rest + part(name, b"\xff") + END
