"""Malformed values of each response header, by the standard that defines it or by its description, not by its schema."""

from typing import NamedTuple


class Form(NamedTuple):
    """What a header is, and values that do not have this form."""

    source: str
    malformed: tuple[str, ...]


FORMS = {
    "X-Request-ID": Form("a UUID, RFC 9562", ("abc", "01a2027b-d680-7000-8000", "01a2027b-d680-7000-8000-00000000000g")),
    "X-Response-Time": Form("a number of seconds, as described", ("fast", "-0.0012s", "1.2ms", "0,0012s")),
    "Contract-Digest": Form(
        "SHA-256 in hexadecimal digits, as described", ("sha-256=", f"md5={'0' * 32}", f"sha-256={'0' * 63}g", "0" * 64)
    ),
    "Cache-Control": Form(
        "directives between commas, RFC 9111 5.2", ("private; no-store", "max-age: 60", "max-age=60/no-store", "(private)")
    ),
    "Vary": Form("names of headers between commas, RFC 9110 12.5.5", ("Authorization; Origin", "Accept/Origin", "(Origin)", "Origin=*")),
    "X-Content-Type-Options": Form("nosniff, the Fetch standard", ("sniff", "nosniff; nosniff", "none", "")),
    "Referrer-Policy": Form("a policy of its list, Referrer Policy 3", ("none", "referrer", "no_referrer")),
    "Content-Security-Policy": Form("directives between semicolons, CSP 3 2.3", ("default-src=none", "default-src: 'none'")),
    "RateLimit-Policy": Form(
        "a string and parameters q and w, RFC 9651 and the draft of RateLimit headers",
        ("default;q=300;w=60", '"default";q=many;w=60', '"default", q=300', '"default;q=300;w=60', '"default";w=60', "300"),
    ),
    "RateLimit": Form(
        "a string and parameters r and t, RFC 9651 and the draft of RateLimit headers",
        ("default;r=299;t=1", '"default";r=-1;t=1', "limit=300, remaining=299, reset=1", '"default";r=299;t=soon', '"default";t=1', "299"),
    ),
    "Link": Form(
        "an address in angle brackets and its relation, RFC 8288 3",
        ('/users?limit=50; rel="next"', '</users?limit=50; rel="next"', "</users?limit=50>", '{/users}; rel="next"'),
    ),
    "WWW-Authenticate": Form(
        "a scheme and its parameters, RFC 9110 11.6.1; the scheme is Bearer, RFC 6750 3",
        ("", '"Bearer"', 'error="invalid_token"', "Bearer\terror", "Basic", "Bearererror"),
    ),
    "Retry-After": Form("a number of seconds, RFC 9110 10.2.3", ("-1", "--1", "soon", "1.5", "60s", "")),
    "Location": Form(
        "the reference of a URI, RFC 3986 4.1, that leads somewhere", ("", "/users/3 4", "</users/3>", "http://[::1/users/3", "/users/%zz")
    ),
    "Set-Cookie": Form(
        "the cookie of a login, RFC 6265bis 4.1.3.2: one with the prefix __Host- is Secure, for Path=/ and without a domain",
        (
            "",
            "login=1",
            f"__Host-steelyard-login={'a' * 43}",
            f"__Host-steelyard-login={'a' * 43}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax",
        ),
    ),
    "ETag": Form("a tag in quotation marks, RFC 9110 8.8.3", ("4", '"4', '4"', "'4'", '""4""', '"4", "5"', "*", "")),
    "Idempotency-Replayed": Form("true, as described", ("yes", "1", "?1", "")),
    "Allow": Form("methods between commas, RFC 9110 10.2.1", ("GET; POST", "GET POST", '["GET"]', "GET,,POST", "(GET)", "")),
}
# Valid by other rules: a tag holds versions, and 9007199254740991 is the largest number that JSON carries safely.
RIGHT = {"/components/headers/ETag": ('"1"', '"9007199254740991"', '"9007199254740991.9007199254740991o"')}
