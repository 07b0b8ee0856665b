"""How a body is read, by its media type."""

from typing import Any

import pytest

from steelyard.contract.http.media_types import content_type, is_file, is_json, is_stream, is_text, value_of


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        ("application/json", is_json),
        ("application/problem+json", is_json),
        ("text/plain", is_text),
        ("text/csv", is_text),
        ("application/x-ndjson", is_stream),
        ("text/event-stream", is_stream),
        ("application/octet-stream", is_file),
        ("image/png", is_file),
    ],
)
def test_a_media_type_is_of_one_kind(media: str, kind: object) -> None:
    assert [each for each in (is_json, is_text, is_stream, is_file) if each(media)] == [kind]


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_is_none_of_them(media: str) -> None:
    assert not any(each(media) for each in (is_json, is_text, is_stream, is_file))


@pytest.mark.parametrize(
    ("media", "body", "value"),
    [
        ("application/json", b"[1]", [1]),
        ("application/x-ndjson", b"1\n2\n", [1, 2]),
        ("text/event-stream", b"retry: 1\n\nid: a\ndata: 1\n\n: ping\n\ndata: 2\n\n", [1, 2]),
        ("text/csv", "\u00e9".encode(), "\u00e9"),
        ("image/png", b"\x89PNG", "\x89PNG"),
    ],
)
def test_a_body_has_the_value_that_its_schema_describes(media: str, body: bytes, value: Any) -> None:
    assert value_of(media, body) == value


def test_only_text_has_a_charset() -> None:
    assert [content_type(media) for media in ("text/csv", "application/json")] == ["text/csv; charset=utf-8", "application/json"]
