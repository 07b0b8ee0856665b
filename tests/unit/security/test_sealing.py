"""Sealed texts open with any of the keys, at their own place, and never when they were changed."""

import secrets

import pytest

from steelyard.security.sealing import Sealing

OLD, NEW = "an old key that is long enough 123", "a new key that is long enough 1234"
TEXT, PLACE = b'{"secret":"syk_"}', b"7 createApiKey once"


def sealing(*keys: str) -> Sealing:
    return Sealing(keys, secrets.token_bytes)


def test_a_sealed_text_opens_again_and_shows_nothing() -> None:
    sealed = sealing(OLD).seal(TEXT, place=PLACE)

    assert sealing(OLD).open(sealed, place=PLACE) == TEXT
    assert b"syk_" not in sealed
    assert sealing(OLD).seal(TEXT, place=PLACE) != sealed


def test_every_key_opens_and_the_first_one_seals() -> None:
    sealed = sealing(OLD).seal(TEXT, place=PLACE)

    assert sealing(NEW, OLD).open(sealed, place=PLACE) == TEXT
    assert sealing(OLD).open(sealing(NEW, OLD).seal(TEXT, place=PLACE), place=PLACE) is None
    assert sealing(NEW).open(sealed, place=PLACE) is None


@pytest.mark.parametrize("place", [b"", b"8 createApiKey once", b"7 createApiKey twice"])
def test_a_sealed_text_does_not_open_at_another_place(place: bytes) -> None:
    assert sealing(OLD).open(sealing(OLD).seal(TEXT, place=PLACE), place=place) is None


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_text_does_not_open(at: int) -> None:
    sealed = bytearray(sealing(OLD).seal(TEXT, place=PLACE))
    sealed[at] ^= 1

    assert sealing(OLD).open(bytes(sealed), place=PLACE) is None


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 40])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    assert sealing(OLD).open(sealed, place=PLACE) is None
