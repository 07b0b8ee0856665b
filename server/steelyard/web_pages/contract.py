"""The contract as it is: the committed bundle byte for byte, and the same as YAML."""

import asyncio
import json

import yaml
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from steelyard.web_pages.static import Static


def routes(bundle: bytes) -> list[Route]:
    """`/openapi.json` and `/openapi.yaml`; the entity tag is the SHA-256 of what is sent."""
    as_json = Static(bundle, "application/json")
    as_yaml: list[Static] = []

    async def openapi_json(request: Request) -> Response:
        return as_json.respond(request)

    async def openapi_yaml(request: Request) -> Response:
        if not as_yaml:
            # Takes a good part of a second and is rarely requested: not at the start, and not on the loop.
            as_yaml.append(Static(await asyncio.to_thread(to_yaml, bundle), "application/yaml"))
        return as_yaml[0].respond(request)

    return [Route("/openapi.json", openapi_json), Route("/openapi.yaml", openapi_yaml)]


def below(root_path: str, bundle: bytes) -> bytes:
    """The document of a server that a proxy serves under a path: its own addresses begin with that path."""
    if not root_path:
        return bundle
    tree = json.loads(bundle)
    tree["servers"] = [{**server, "url": _with_root(root_path, server["url"])} for server in tree["servers"]]
    return to_json(tree)


def _with_root(root_path: str, address: str) -> str:
    scheme, mark, rest = address.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host}{root_path}{slash}{path}".rstrip("/")


class _Dumper(yaml.CSafeDumper):
    """Writes long texts as blocks, so that people can read them."""


def _text(dumper: yaml.CSafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


def to_yaml(bundle: bytes) -> bytes:
    """The same document, in the same order, for people."""
    _Dumper.add_representer(str, _text)
    text: bytes = yaml.dump(json.loads(bundle), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=140, encoding="utf-8")
    return text
