"""`python -m steelyard_client login URL`: a login whose session is kept in a file."""

from __future__ import annotations

import sys
import webbrowser
from argparse import ArgumentParser
from collections.abc import Callable, Sequence

from .errors import SteelyardError
from .tokens import FileTokens, Tokens

INTERRUPTED = 130
"""The exit status of programs that Ctrl-C has ended: 128 and the number of the signal."""


def main(package: str, in_browser: Callable[..., Tokens], arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status. Everything that it prints is a sentence."""
    chosen = _parser(package).parse_args(arguments)
    try:
        tokens = in_browser(chosen.url, chosen.provider, chosen.timeout, _open, scope=chosen.scope)
    except (SteelyardError, ValueError) as error:
        return _failed(f"The login failed: {error}")
    except OSError as error:
        return _failed(f"The login failed: this computer allows no listener ({error.strerror}).")
    except KeyboardInterrupt:
        print("The login was stopped.", file=sys.stderr)
        return INTERRUPTED
    try:
        FileTokens(chosen.tokens).save(tokens)
    except OSError as error:
        return _failed(f"The session cannot be kept in {chosen.tokens} ({error.strerror}). Choose another file with --tokens.")
    print(f"You are logged in. The session is in {chosen.tokens}, which only you can read: use it with FileTokens({chosen.tokens!r}).")
    return 0


def _parser(package: str) -> ArgumentParser:
    parser = ArgumentParser(prog=f"python -m {package}", description="Work with a server from the command line.")
    login = parser.add_subparsers(required=True, metavar="login").add_parser(
        "login", help="log in with a third party, in your browser", description="Log in with a third party, in your browser."
    )
    login.add_argument("url", metavar="URL", help="the address of the server, such as https://api.example.com")
    login.add_argument("--provider", metavar="ID", help="the identity provider; without it, you choose one of several in the browser")
    login.add_argument("--scope", metavar="SCOPES", help="requested scopes, separated by spaces; by default all of your role")
    login.add_argument("--timeout", metavar="SECONDS", type=float, default=180.0, help="how long to wait for you; 180 by default")
    file = f"~/.{package.removesuffix('_client')}/session"
    login.add_argument("--tokens", metavar="FILE", default=file, help=f"where the session is kept; {file} by default")
    return parser


def _open(address: str) -> None:
    """Whether a browser was found is seen by the user, who has the address as well."""
    print(f"Log in with the browser. If none opens, open this address on this computer:\n{address}", file=sys.stderr, flush=True)
    webbrowser.open(address)


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
