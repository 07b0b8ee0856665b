"""Access tokens: JWTs of one shape, signed with HS256; the only importer of `jose`.

jose is lenient where we are not, so it judges only what two checks before it have let through, and two more follow it. What a
token says is who it was made for; what its owner may do today is asked of the database (access.py).
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

# Half an hour is the product's promise for a login; a token made without saying how long lives half of that.
ACCESS_TOKEN_LIFETIME_S = 30 * 60
DEFAULT_LIFETIME_S = 15 * 60
CLOCK_SKEW_S = 30

MAX_HEADER_BYTES = 512
REMEMBERED_TOKENS = 10_000
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
    """What a genuine token says."""

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
    """Why a token is not one of ours; said to the log, never to the caller."""


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
            claims = self._judge(token, now)
        except _Refused as reason:
            self._refuse(str(reason))
        # Anything that jose or a decoder trips over is a bad token: whoever sends one must not learn how it was bad, or get a 500.
        except Exception as error:  # noqa: BLE001 - said above
            self._refuse(type(error).__name__)
        self._verified[digest] = claims
        if len(self._verified) > REMEMBERED_TOKENS:
            self._verified.popitem(last=False)
        return claims

    def _judge(self, token: bytes, now: float) -> AccessTokenClaims:
        if _SHAPE.fullmatch(token) is None:
            raise _Refused("not three base64url parts")
        head, _, signature = token.split(b".")
        key = self._by_kid[_kid_of(head)]
        # 32 bytes leave two bits of the last character unused. jose passes over them; one token has one spelling.
        if urlsafe_b64encode(urlsafe_b64decode(signature + b"=")).rstrip(b"=") != signature:
            raise _Refused("signature in another spelling")
        # The wrapper is stricter in every point below; jose is asked for the signature, and refuses first what it can.
        said = jwt.decode(
            token.decode("ascii"), key.signer, algorithms=[ALGORITHM], audience=self._audience, issuer=self._issuer, options=_OPTIONS
        )
        if said.keys() != _CLAIMS or said["aud"] != self._audience or said["iss"] != self._issuer:
            raise _Refused("other claims than ours")
        issued_at, expires_at = said["iat"], said["exp"]
        if type(issued_at) is not int or type(expires_at) is not int:
            raise _Refused("times that are not integers")
        if expires_at <= now:
            raise _Refused("expired")
        if issued_at > now + CLOCK_SKEW_S or not 0 < expires_at - issued_at <= self._max_lifetime_s:
            raise _Refused("issued in the future, or for longer than we do")
        if not isinstance(said["jti"], str) or not isinstance(said["scope"], str):
            raise _Refused("jti or scope is not a text")
        scopes = frozenset(said["scope"].split())
        if not scopes <= self._known_scopes:
            raise _Refused("unknown scope")
        return AccessTokenClaims(_id(said["sub"]), _id(said["sid"]), scopes, issued_at, expires_at)

    def _refuse(self, reason: str) -> NoReturn:
        log.info("token_refused", reason=reason)
        raise InvalidToken


def _refuse_weak(secrets: Sequence[str]) -> None:
    """The settings judge how good a secret is; what would make HS256 itself unsafe is refused here, too."""
    if not secrets or len(set(secrets)) != len(secrets):
        raise ValueError("give at least one secret key, and each only once")
    if any(len(secret.encode()) < MIN_SECRET_BYTES for secret in secrets):
        raise ValueError(f"a secret key is shorter than {MIN_SECRET_BYTES} bytes")


def _kid(secret: str) -> str:
    """Names a key without telling anything about it."""
    return hmac.digest(secret.encode(), b"steelyard key id", "sha256")[:6].hex()


def _kid_of(segment: bytes) -> str:
    """The key id in a header that says exactly what ours say: jose would pass over `crit` and whatever else it does not know."""
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
