"""A browser without windows for logins with third parties: it follows redirects, keeps cookies and fills in nanoidp's form."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx

from tests.kit.servers.identity_providers import NanoIdp

# Server, its page of providers, provider, form, callback, client: a login has no more redirects.
MAX_STEPS = 10


@dataclass
class WebBrowser:
    """The browser of a user of a provider."""

    provider: NanoIdp
    user: str = "alice"
    cookies: dict[str, str] = field(default_factory=dict)

    async def log_in(self, address: str) -> str:
        """Open an address, log in at the provider, and return the address where the client continues."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            server = _origin(address)
            for _ in range(MAX_STEPS):
                if address.startswith(self.provider.issuer):
                    address = await self.provider.log_in(address, self.user)
                elif _origin(address) == server:
                    address = urljoin(address, await self._step(http, address))
                else:
                    return address
        raise AssertionError(f"the login leads nowhere: {address}")

    async def visit(self, address: str) -> str:
        """The same, and then the page of the client, which is returned."""
        returned = await self.log_in(address)
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return (await http.get(returned)).text

    async def _step(self, http: httpx.AsyncClient, address: str) -> str:
        """Where the server leads: by a redirect, or by the link of the provider on its page."""
        cookies = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        response = await http.get(address, headers=cookies)
        # httpx keeps no cookie with Secure for http, as browsers do on the machine itself.
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if response.status_code == 303:
            return response.headers["location"]
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', response.text)]
        chosen = next((link for link in links if f"provider={self.provider.id}" in link), None)
        assert chosen is not None, f"{response.status_code}: {response.text}"
        return chosen


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
