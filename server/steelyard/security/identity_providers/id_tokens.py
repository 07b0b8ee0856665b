"""Checks ID tokens (OpenID Connect Core, 3.1.3.7); the only importer of `joserfc`."""

import json
import math
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jwk import KeySet as KeySet  # noqa: PLC0414 - the type that other modules import from here

from steelyard.security.identity_providers.provider import IdentityRejected

# A token belongs to the login that has just ended; the provider's clock may differ by a minute.
MAX_AGE_S = 300
CLOCK_SKEW_S = 60
MAX_SUBJECT_LENGTH = 255
_KINDS: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


def read_keys(document: object) -> KeySet:
    """The public keys for signatures in a JWKS. Keys of other kinds are left out, so that a secret never verifies anything."""
    listed = document.get("keys") if isinstance(document, Mapping) else None
    keys: list[Key] = []
    for entry in listed if isinstance(listed, list) else ():
        kind = _KINDS.get(str(entry.get("kty"))) if isinstance(entry, Mapping) else None
        if kind is None or entry.get("use", "sig") != "sig":
            continue
        try:
            keys.append(kind.import_key(dict(entry)))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return KeySet(keys)


def key_id(token: str) -> str | None:
    """The `kid` in the header of a token, which nothing has verified yet."""
    head = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        raise IdentityRejected("an unreadable ID token") from None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None


def read_id_token(
    token: str, keys: KeySet, *, algorithms: Iterable[str], issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of a genuine token for this login. Raises IdentityRejected."""
    try:
        claims = jwt.decode(token, keys, algorithms=list(algorithms)).claims
    # Every error of the library means a bad token; its text may quote the token.
    except Exception as error:  # noqa: BLE001 - said above
        raise IdentityRejected(f"the signature: {type(error).__name__}") from None
    if claims.get("iss") != issuer:
        raise IdentityRejected("another issuer")
    _check_audience(claims, client_id)
    sent = claims.get("nonce")
    if not isinstance(sent, str) or not compare_digest(sent.encode(), nonce.encode()):
        raise IdentityRejected("another nonce")
    moment = now.timestamp()
    if _time(claims, "exp") <= moment - CLOCK_SKEW_S:
        raise IdentityRejected("expired")
    if not moment - MAX_AGE_S <= _time(claims, "iat") <= moment + CLOCK_SKEW_S:
        raise IdentityRejected("issued too long ago, or in the future")
    if "nbf" in claims and _time(claims, "nbf") > moment + CLOCK_SKEW_S:
        raise IdentityRejected("not valid yet")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH or "\0" in subject:
        raise IdentityRejected("an unusable subject")
    return claims


def authentication_time(claims: Mapping[str, Any], now: datetime) -> datetime | None:
    """When the provider has checked the user, if it says so."""
    if "auth_time" not in claims:
        return None
    return min(datetime.fromtimestamp(max(0.0, min(_time(claims, "auth_time"), now.timestamp())), UTC), now)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience, party = claims.get("aud"), claims.get("azp")
    if audience == client_id:
        if party is not None and party != client_id:
            raise IdentityRejected("issued to another client")
    elif not isinstance(audience, list) or client_id not in audience:
        raise IdentityRejected("for another audience")
    elif party != client_id:
        raise IdentityRejected("issued to another client")


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e12:
        raise IdentityRejected(f"no usable {name}")
    return float(value)
