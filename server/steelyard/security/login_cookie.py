"""The cookie that binds a login with a third party to the browser that began it. It carries no authority."""

import re
from typing import Annotated

from fastapi import Depends

from steelyard.contract.dependencies import immediate
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.responses import Header

# A browser takes a cookie with this prefix only over TLS (or from the machine itself), from this host, for all of its paths.
NAME = "__Host-steelyard-login"
MAX_AGE_S = 600
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def set_login_cookie(value: str) -> str:
    """The header that sets the cookie. Lax: the browser also sends it when the provider leads back."""
    return f"{NAME}={value}; Path=/; Max-Age={MAX_AGE_S}; Secure; HttpOnly; SameSite=Lax"


def _cookie(context: RequestContext) -> str | None:
    headers: list[Header] = context.scope["headers"]
    for name, lines in headers:
        if name == b"cookie":
            for pair in lines.decode("latin-1").split(";"):
                key, _, value = pair.strip().partition("=")
                if key == NAME and _VALUE.fullmatch(value):
                    return value
    return None


# None if the browser has no such cookie, or one that this server did not set.
LoginCookie = Annotated[str | None, Depends(immediate(_cookie))]
