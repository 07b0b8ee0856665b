"""Only tokens of this server pass, until they expire."""

import base64
import hashlib
import hmac
import json
import random
import secrets
import string
from typing import Any

import pytest

from steelyard.security import access_tokens as module
from steelyard.security.access_tokens import AccessTokenClaims, AccessTokens
from steelyard_contract.policy import ALL_SCOPES
from steelyard_contract.problems import InvalidToken
from tests.kit.world.accounts import tokens_of
from tests.kit.world.clock import Clock

KEY = "a key for tests, long enough by far"
OTHER_KEY = "another key for tests, just as long"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> AccessTokens:
    return tokens_of(clock, KEY)


def issued(tokens: AccessTokens, lifetime_s: int = 1800) -> str:
    return tokens.issue(user_id=7, credential_id=41, scopes=["orders:read", "account:read"], lifetime_s=lifetime_s)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, _ = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    return json.loads(head), json.loads(claims)


def signed(head: object, claims: object, key: str = KEY, digest: str = "sha256") -> str:
    text = ".".join(b64(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (head, claims))
    return f"{text}.{b64(hmac.digest(key.encode(), text.encode(), digest))}"


def refused(tokens: AccessTokens, token: str | bytes) -> bool:
    try:
        tokens.verify(token.encode() if isinstance(token, str) else token)
    except InvalidToken:
        return True
    return False


def test_a_token_has_its_user_session_scopes_and_times(tokens: AccessTokens, clock: Clock) -> None:
    now = int(clock.now.timestamp())

    claims = tokens.verify(issued(tokens).encode())

    assert claims == AccessTokenClaims(7, 41, frozenset({"orders:read", "account:read"}), now, now + 1800)


def test_a_token_without_a_lifetime_expires_after_fifteen_minutes(tokens: AccessTokens) -> None:
    token = tokens.issue(user_id=7, credential_id=41, scopes=[])

    claims = tokens.verify(token.encode())

    assert claims.expires_at - claims.issued_at == 15 * 60


def test_exactly_the_documented_claims_are_signed(tokens: AccessTokens) -> None:
    head, claims = parts(issued(tokens))

    assert head.keys() == {"alg", "typ", "kid"}
    assert (head["alg"], head["typ"]) == ("HS256", "at+jwt")
    assert claims.keys() == {"iss", "aud", "sub", "sid", "scope", "iat", "exp", "jti"}
    assert (claims["sub"], claims["sid"]) == ("7", "41")


def test_a_token_expires_to_the_second_even_if_it_is_cached(tokens: AccessTokens, clock: Clock) -> None:
    token = issued(tokens, 60).encode()
    clock.advance(seconds=59)
    tokens.verify(token)

    clock.advance(seconds=1)

    assert refused(tokens, token)


def test_a_token_that_passed_once_is_not_decoded_again(tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    token = issued(tokens).encode()
    first = tokens.verify(token)
    monkeypatch.setattr(module, "jwt", None)

    assert tokens.verify(token) is first


def test_a_rejected_token_is_verified_each_time(tokens: AccessTokens, clock: Clock) -> None:
    head, claims = parts(issued(tokens))
    early = signed(head, claims | {"iat": claims["iat"] + 60, "exp": claims["exp"] + 60})
    assert refused(tokens, early)

    clock.advance(seconds=40)

    assert not refused(tokens, early)


def test_the_cache_of_verified_tokens_is_bounded(tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_VERIFIED", 3)

    for _ in range(10):
        tokens.verify(issued(tokens).encode())

    assert len(tokens._verified) == 3


def test_after_a_rotation_old_tokens_pass_until_their_key_is_removed(clock: Clock) -> None:
    old = issued(tokens_of(clock, OTHER_KEY))
    rotated, finished = tokens_of(clock, KEY, OTHER_KEY), tokens_of(clock, KEY)

    assert not refused(rotated, old)
    assert refused(finished, old)
    assert not refused(finished, issued(rotated)), "the first key signs"


@pytest.mark.parametrize("keys", [(), ("short",), (KEY, KEY), (KEY, "short")])
def test_weak_keys_stop_the_start(clock: Clock, keys: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="key"):
        AccessTokens(keys, clock=clock, random_bytes=secrets.token_bytes, known_scopes=ALL_SCOPES)


@pytest.mark.parametrize("lifetime_s", [0, -1, 1801])
def test_no_token_is_issued_for_longer_than_the_longest_lifetime(tokens: AccessTokens, lifetime_s: int) -> None:
    with pytest.raises(ValueError, match="lives"):
        issued(tokens, lifetime_s)


WRONG_CLAIMS: dict[str, dict[str, object]] = {
    "exp as text": {"exp": "{exp}"},
    "iat as text": {"iat": "{iat}"},
    "exp as a float": {"exp": 1.0},
    "exp beyond every number": {"exp": float("inf")},
    "exp as true": {"exp": True},
    "exp null": {"exp": None},
    "exp in the past": {"exp": 1},
    "exp before iat": {"exp": "{iat-1}"},
    "lives too long": {"exp": "{exp+1}"},
    "issued in the future": {"iat": "{iat+31}", "exp": "{exp+31}"},
    "other issuer": {"iss": "elsewhere"},
    "issuer in a list": {"iss": ["steelyard"]},
    "other audience": {"aud": "elsewhere"},
    "one audience of several": {"aud": ["steelyard", "elsewhere"]},
    "audience in a list": {"aud": ["steelyard"]},
    "sub as a number": {"sub": 7},
    "sub 0": {"sub": "0"},
    "sub negative": {"sub": "-7"},
    "sub with a leading zero": {"sub": "07"},
    "sub in Arabic digits": {"sub": "\u0667"},
    "sub with a line break": {"sub": "7\n"},
    "sub beyond the contract": {"sub": "9007199254740992"},
    "sub empty": {"sub": ""},
    "sid as a number": {"sid": 41},
    "sid a name": {"sid": "alice"},
    "unknown scope": {"scope": "orders:read everything"},
    "scope as a list": {"scope": ["orders:read"]},
    "jti as a number": {"jti": 1},
    "one claim more": {"role": "admin"},
    "nbf": {"nbf": 1},
}


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_signed_token_with_wrong_claims_is_rejected(tokens: AccessTokens, change: dict[str, object]) -> None:
    head, claims = parts(issued(tokens))
    times = {
        "{exp}": str(claims["exp"]),
        "{iat}": str(claims["iat"]),
        "{iat-1}": claims["iat"] - 1,
        "{exp+1}": claims["exp"] + 1,
        "{iat+31}": claims["iat"] + 31,
        "{exp+31}": claims["exp"] + 31,
    }
    changed = claims | {name: times.get(value, value) if isinstance(value, str) else value for name, value in change.items()}

    assert not refused(tokens, signed(head, claims)), "the forger can sign"
    assert refused(tokens, signed(head, changed))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "scope", "iat", "exp", "jti"])
def test_every_claim_is_required(tokens: AccessTokens, claim: str) -> None:
    head, claims = parts(issued(tokens))
    del claims[claim]

    assert refused(tokens, signed(head, claims))


WRONG_HEADS: dict[str, dict[str, object]] = {
    "alg none": {"alg": "none"},
    "alg in lower case": {"alg": "hs256"},
    "alg HS384": {"alg": "HS384"},
    "alg RS256": {"alg": "RS256"},
    "alg a list": {"alg": ["HS256"]},
    "typ JWT": {"typ": "JWT"},
    "typ of a refresh token": {"typ": "rt+jwt"},
    "critical extension": {"crit": ["exp"]},
    "key in the header": {"jwk": {"kty": "oct", "k": "AAAA"}},
    "key elsewhere": {"jku": "https://example.com/keys"},
    "unknown key": {"kid": "000000000000"},
    "key id a number": {"kid": 1},
    "key id a list": {"kid": []},
    "compressed": {"zip": "DEF"},
}


@pytest.mark.parametrize("change", WRONG_HEADS.values(), ids=WRONG_HEADS)
def test_a_signed_token_with_another_header_is_rejected(tokens: AccessTokens, change: dict[str, object]) -> None:
    head, claims = parts(issued(tokens))

    assert refused(tokens, signed(head | change, claims))
    assert refused(tokens, signed(head | change, claims, digest="sha384"))


@pytest.mark.parametrize("name", ["alg", "kid", "typ"])
def test_every_member_of_the_header_is_required(tokens: AccessTokens, name: str) -> None:
    head, claims = parts(issued(tokens))
    del head[name]

    assert refused(tokens, signed(head, claims))


def test_a_header_with_a_repeated_member_is_rejected(tokens: AccessTokens) -> None:
    head, claims = parts(issued(tokens))
    twice = json.dumps(head).replace("{", '{"alg": "none", ').encode()

    assert refused(tokens, signed(twice, claims))


def test_nesting_that_exhausts_the_decoder_is_rejected_as_invalid(tokens: AccessTokens) -> None:
    head, claims = parts(issued(tokens))
    deep = b'{"alg":' + b"[" * 2000 + b"]" * 2000 + b"}"
    as_deep_as_fits = b'{"alg":' + b"[" * 180 + b"]" * 180 + b"}"

    assert refused(tokens, signed(deep, claims))
    assert refused(tokens, signed(as_deep_as_fits, claims))
    assert refused(tokens, signed(head, b"[" * 1000 + b"]" * 1000))


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"null", b'"text"', b"\xff\xfe", b"{", b"1e400", b'{"exp": 1e400}'])
def test_a_payload_that_is_not_an_object_of_claims_is_rejected(tokens: AccessTokens, payload: bytes) -> None:
    head, _ = parts(issued(tokens))

    assert refused(tokens, signed(head, payload))


def test_a_token_has_three_parts_and_a_bounded_length(tokens: AccessTokens) -> None:
    good = issued(tokens)
    head, claims, signature = good.split(".")
    long = parts(good)[1] | {"jti": "x" * 4096}

    assert refused(tokens, signed(parts(good)[0], long))
    for bad in [
        "",
        ".",
        "..",
        f"{head}.{claims}",
        f"{head}.{claims}.",
        f".{claims}.{signature}",
        f"{good}.",
        f"{good}.x",
        f" {good}",
        f"{good}\n",
    ]:
        assert refused(tokens, bad), bad
    for bad in [f"{good}=", f"{head}.{claims}.{signature}==", good.replace(".", "\u002e\u200b", 1), f"{good}\x00", good + "\u00e9"]:
        assert refused(tokens, bad), bad


def test_a_token_of_another_key_or_another_purpose_is_rejected(tokens: AccessTokens) -> None:
    head, claims = parts(issued(tokens))
    text = ".".join(issued(tokens).split(".")[:2])

    assert refused(tokens, signed(head, claims, OTHER_KEY))
    assert refused(tokens, f"{text}.{b64(hashlib.sha256(text.encode()).digest())}")
    assert refused(tokens, f"{text}.{b64(hmac.digest(b'', text.encode(), 'sha256'))}")


@pytest.mark.promise("R16")
def test_no_mutation_of_a_genuine_token_passes(tokens: AccessTokens) -> None:
    chance = random.Random(20270301)
    good = issued(tokens)
    alphabet = string.ascii_letters + string.digits + "-_.=+/ "
    accepted = []

    for _ in range(20_000):
        text = list(good)
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            place = chance.randrange(len(text))
            match chance.randrange(4):
                case 0:
                    text[place] = chance.choice(alphabet)
                case 1:
                    del text[place]
                case 2:
                    text.insert(place, chance.choice(alphabet))
                case _:
                    other = chance.randrange(len(text))
                    text[place], text[other] = text[other], text[place]
        mutant = "".join(text)
        if mutant != good and not refused(tokens, mutant):
            accepted.append(mutant)

    assert accepted == []


def test_each_other_spelling_of_the_last_character_is_rejected(tokens: AccessTokens) -> None:
    good = issued(tokens)

    spellings = [good[:-1] + last for last in string.ascii_letters + string.digits + "-_" if last != good[-1]]

    assert all(refused(tokens, spelling) for spelling in spellings)
