"""Access tokens: JWTs of one shape, signed with HS256; the only importer of `jose`.

jose is more lenient than this server, so two checks run before it and two after it. A token names the credential that it was issued
for; `credential_cache` reads from the database what that credential may do today.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import structlog
from jose import jwk, jwt

from steelyard_contract.bounds import MAX_ACCESS_TOKEN_BYTES, MAX_ID
from steelyard_contract.problems import InvalidToken

ALGORITHM = "HS256"
TYPE = "at+jwt"  # RFC 9068, 2.1: so that no other kind of token is taken for one of these

# Half an hour is the product's promise for a login; the default of a token is half of that.
ACCESS_TOKEN_LIFETIME_S = 30 * 60
DEFAULT_LIFETIME_S = 15 * 60
CLOCK_SKEW_S = 30

MAX_HEADER_BYTES = 512
MAX_VERIFIED = 10_000
# RFC 7518, 3.2: a key for HS256 has at least the 256 bits of its hash.
MIN_SECRET_BYTES = 32

_SHAPE = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_POSITIVE = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_CLAIMS = {"iss", "aud", "sub", "sid", "scope", "iat", "exp", "jti"}
# aud and the others are optional in jose unless this is said of each one by name.
_OPTIONS = {f"require_{claim}": True for claim in ("aud", "iat", "exp", "iss", "sub", "jti")}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AccessTokenClaims:
    """The claims of a genuine token."""

    user_id: int
    credential_id: int
    scopes: frozenset[str]
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class _Key:
    kid: str
    signer: Any


class _Refused(Exception):
    """The reason to reject a token: for the log, never for the caller."""


class AccessTokens:
    """Issues and verifies access tokens. The first secret signs; all verify, each found by its `kid`."""

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        clock: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        known_scopes: Iterable[str],
        issuer: str = "steelyard",
        audience: str = "steelyard",
        lifetime_s: int = ACCESS_TOKEN_LIFETIME_S,
    ) -> None:
        _refuse_weak(secrets)
        keys = [_Key(_kid(secret), jwk.construct(secret, ALGORITHM)) for secret in secrets]
        self._signing = keys[0]
        self._by_kid = {key.kid: key for key in keys}
        self._clock = clock
        self._random_bytes = random_bytes
        self._known_scopes = frozenset(known_scopes)
        self._issuer = issuer
        self._audience = audience
        self._max_lifetime_s = lifetime_s
        # SHA-256 of the token -> its claims, oldest first. Only tokens that passed every check get in.
        self._verified: OrderedDict[bytes, AccessTokenClaims] = OrderedDict()

    @property
    def lifetime_s(self) -> int:
        """How long the token of a login is good for."""
        return self._max_lifetime_s

    def issue(self, *, user_id: int, credential_id: int, scopes: Iterable[str], lifetime_s: int = DEFAULT_LIFETIME_S) -> str:
        """A token for one session; what it may do is decided anew at each use."""
        if not 0 < lifetime_s <= self._max_lifetime_s:
            raise ValueError(f"a token lives 1 to {self._max_lifetime_s} seconds, not {lifetime_s}")
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(credential_id),
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + lifetime_s,
            "jti": self._random_bytes(16).hex(),
        }
        return str(jwt.encode(claims, self._signing.signer, ALGORITHM, headers={"typ": TYPE, "kid": self._signing.kid}))

    def verify(self, token: bytes) -> AccessTokenClaims:
        """The claims of a genuine token that has not expired; InvalidToken for anything else, always the same."""
        if len(token) > MAX_ACCESS_TOKEN_BYTES:
            self._refuse("longer than 4 KiB")
        now = self._clock().timestamp()
        digest = hashlib.sha256(token).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known.expires_at > now:
                return known
            del self._verified[digest]
        try:
            claims = self._claims_of(token, now)
        except _Refused as reason:
            self._refuse(str(reason))
        # Every error of jose or a decoder means a bad token. Its sender must not learn why it is bad, nor get a 500.
        except Exception as error:  # noqa: BLE001 - said above
            self._refuse(type(error).__name__)
        self._verified[digest] = claims
        if len(self._verified) > MAX_VERIFIED:
            self._verified.popitem(last=False)
        return claims

    def _claims_of(self, token: bytes, now: float) -> AccessTokenClaims:
        if _SHAPE.fullmatch(token) is None:
            raise _Refused("not three base64url parts")
        head, _, signature = token.split(b".")
        key = self._by_kid[_kid_of(head)]
        # 32 bytes leave two bits of the last character unused. jose passes over them; one token has one spelling.
        if urlsafe_b64encode(urlsafe_b64decode(signature + b"=")).rstrip(b"=") != signature:
            raise _Refused("signature in another spelling")
        # jose verifies the signature. In every point below this class is stricter.
        payload = jwt.decode(
            token.decode("ascii"), key.signer, algorithms=[ALGORITHM], audience=self._audience, issuer=self._issuer, options=_OPTIONS
        )
        if payload.keys() != _CLAIMS or payload["aud"] != self._audience or payload["iss"] != self._issuer:
            raise _Refused("other claims than ours")
        issued_at, expires_at = payload["iat"], payload["exp"]
        if type(issued_at) is not int or type(expires_at) is not int:
            raise _Refused("times that are not integers")
        if expires_at <= now:
            raise _Refused("expired")
        if issued_at > now + CLOCK_SKEW_S or not 0 < expires_at - issued_at <= self._max_lifetime_s:
            raise _Refused("issued in the future, or for longer than we do")
        if not isinstance(payload["jti"], str) or not isinstance(payload["scope"], str):
            raise _Refused("jti or scope is not a text")
        scopes = frozenset(payload["scope"].split())
        if not scopes <= self._known_scopes:
            raise _Refused("unknown scope")
        return AccessTokenClaims(_id(payload["sub"]), _id(payload["sid"]), scopes, issued_at, expires_at)

    def _refuse(self, reason: str) -> NoReturn:
        log.info("token_refused", reason=reason)
        raise InvalidToken


def _refuse_weak(secrets: Sequence[str]) -> None:
    """The settings check the quality of a secret. A secret that makes HS256 itself unsafe is rejected here, too."""
    if not secrets or len(set(secrets)) != len(secrets):
        raise ValueError("give at least one secret key, and each only once")
    if any(len(secret.encode()) < MIN_SECRET_BYTES for secret in secrets):
        raise ValueError(f"a secret key is shorter than {MIN_SECRET_BYTES} bytes")


def _kid(secret: str) -> str:
    """The name of a key, which reveals nothing about it."""
    return hmac.digest(secret.encode(), b"steelyard key id", "sha256")[:6].hex()


def _kid_of(segment: bytes) -> str:
    """The key id of a header with exactly our fields: jose ignores `crit` and every other field that it does not implement."""
    if len(segment) > MAX_HEADER_BYTES:
        raise _Refused("header longer than 512 bytes")
    header = json.loads(urlsafe_b64decode(segment + b"=" * (-len(segment) % 4)), object_pairs_hook=_flat)
    if header.keys() != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise _Refused("another header than ours")
    kid = header["kid"]
    if not isinstance(kid, str):
        raise _Refused("key id is not a text")
    return kid


def _flat(pairs: list[tuple[str, object]]) -> dict[str, object]:
    flat = dict(pairs)
    if len(flat) != len(pairs):
        raise _Refused("a name twice")
    return flat


def _id(text: object) -> int:
    if not isinstance(text, str) or _POSITIVE.fullmatch(text) is None or int(text) > MAX_ID:
        raise _Refused("sub or sid is not an id")
    return int(text)
